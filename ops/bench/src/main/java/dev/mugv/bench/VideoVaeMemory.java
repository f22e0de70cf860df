package dev.mugv.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ResidentSize;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import dev.mugv.model.vae.PixelSource;
import dev.mugv.model.vae.TimeChunks;
import dev.mugv.model.vae.VideoVae;
import java.util.Locale;

/**
 * Encodes or decodes one video with the VideoVAE of the published size and prints the most memory that the process had:
 * arguments {@code encode} or {@code decode}, threads, frames, height, width. The video itself is never held as a whole.
 */
public final class VideoVaeMemory {
    private VideoVaeMemory() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        boolean encodes = arguments[0].equals("encode");
        TorchRuntime runtime = TorchRuntime.start(Integer.parseInt(arguments[1]));
        int frames = Integer.parseInt(arguments[2]);
        int height = Integer.parseInt(arguments[3]);
        int width = Integer.parseInt(arguments[4]);
        System.out.printf("%s, %s %d frames of %dx%d%n", runtime.description(), arguments[0], frames, width, height);
        System.out.println("started:     " + sizes());
        try (NDManager scope = runtime.newScope();
                VideoVae vae = VideoVae.ofValues(scope, VideoVaeBench.PUBLISHED, WeightFormula::fill)) {
            System.out.println("weights:     " + sizes());
            long start = System.nanoTime();
            if (encodes) {
                vae.encodeMean(scope, new Noise(frames, height, width)).close();
            } else {
                decode(vae, scope, frames, new Shape(1, 24, TimeChunks.latentFrames(frames), height / 8, width / 8));
            }
            System.out.printf("finished:    %s; %.1f s%n", sizes(), (System.nanoTime() - start) / 1e9);
        }
    }

    private static void decode(VideoVae vae, NDManager scope, int frames, Shape latent) {
        int[] done = {0};
        try (NDArray latent_BCFHW = noise(scope, 0, latent)) {
            vae.decode(latent_BCFHW, frames, pixels -> {
                done[0] += Math.toIntExact(pixels.getShape().get(2));
                System.out.printf("frame %4d:  %s%n", done[0], sizes());
            });
        }
    }

    /** Frames made when they are asked for. */
    private record Noise(int frames, int height, int width) implements PixelSource {
        @Override
        public NDArray pixels(NDManager scope, int from, int to) {
            System.out.printf("frame %4d:  %s%n", from, sizes());
            return noise(scope, from, new Shape(1, 3, (long) to - from, height, width));
        }
    }

    private static NDArray noise(NDManager scope, int index, Shape shape) {
        NDArray array = scope.zeros(shape);
        CounterNoise.of(1, "memory", index).fillGaussian(EngineMemory.floats(array));
        return array;
    }

    private static String sizes() {
        return "%.2f GiB, most so far %.2f GiB"
                .formatted(ResidentSize.kibibytes() / 1048576.0, ResidentSize.peakKibibytes() / 1048576.0);
    }
}
