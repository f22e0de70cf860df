package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.tensor.ResidentSize;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.util.List;

/**
 * Encodes and decodes in a JVM of its own and prints, one a line, the resident size in KiB after round 200 and after the last
 * round.
 */
public final class VaeMemoryProbe {
    private static final int WARM = 200;
    private static final VaeSize SIZE = new VaeSize(List.of(32, 32, 64, 64), 32, 1);

    private VaeMemoryProbe() {}

    /**
     * @param arguments rounds
     */
    public static void main(String[] arguments) {
        int rounds = Integer.parseInt(arguments[0]);
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae vae = VideoVae.ofValues(scope, SIZE, WeightFormula::fill)) {
            // A still image in front, another picture's size and a ragged end, in turns.
            List<NDArray> videos = List.of(
                    scope.zeros(new Shape(1, 3, 9, 32, 32)),
                    scope.zeros(new Shape(1, 3, 8, 16, 48)),
                    scope.zeros(new Shape(1, 3, 4, 32, 32)));
            for (int round = 1; round <= rounds; round++) {
                NDArray video = videos.get(round % videos.size());
                try (NDArray latent = vae.encodeMean(scope, PixelSource.of(video))) {
                    vae.decode(latent, Math.toIntExact(video.getShape().get(2)), pixels -> {});
                }
                if (round == WARM || round == rounds) {
                    System.out.println(ResidentSize.kibibytes());
                }
            }
        }
    }
}
