package dev.mugv.model.generation;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.GuidanceClamp;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.generation.GenerationRequest.PromptFeatures;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.PictureFile;
import dev.mugv.model.media.PngImages;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.VideoWriter;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.text.T5TextEncoder;
import dev.mugv.model.text.TextFeatures;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Videos one after the other in a JVM of its own: prints, one a line, the resident size in KiB after the first rounds and after
 * all. A round reads a picture, encodes it and two texts, samples with everything that guidance has, decodes and writes.
 */
public final class GenerationProbe {
    private static final DitSize SIZE = new DitSize(72, 1, 16, 24);
    private static final VideoShape SHAPE = new VideoShape(32, 32, 16, 8);
    private static final int WARM = 20;
    private static final int ROUNDS = 100;

    private GenerationProbe() {}

    /**
     * @param arguments a folder that can be written
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path picture = folder.resolve("first.png");
        PngImages.write(new RgbFrame(0, 0, 100, 80, new byte[3 * 100 * 80]), picture);
        TorchRuntime runtime = TorchRuntime.start(1);
        try (NDManager scope = runtime.newScope();
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE));
                VideoVae vae = VideoVae.untrained(scope, new VaeSize(List.of(32, 32, 32, 32), 32, 1), 5);
                T5TextEncoder text = T5TextEncoder.seeded(runtime, SIZE.textWidth(), 3, SIZE.maxTextTokens());
                DiffusionTransformer model = new DiffusionTransformer(SIZE, parameters);
                VideoGenerator generator = new VideoGenerator(
                        model,
                        vae,
                        new SamplerConfiguration(2, 3, 0.5, GuidanceClamp.DYNAMIC, "", 1, ComputePrecision.FP32))) {
            DitParameters.initialise(parameters, 2);
            Rounds rounds = new Rounds(picture, folder.resolve("out.mp4"), text, generator);
            rounds.run(WARM, scope);
            int arrays = scope.getManagedArrays().size();
            System.out.println(residentKibibytes());
            rounds.run(ROUNDS, scope);
            if (scope.getManagedArrays().size() != arrays) {
                throw new IllegalStateException("arrays were left behind");
            }
            System.out.println(residentKibibytes());
        }
    }

    private record Rounds(Path picture, Path out, T5TextEncoder text, VideoGenerator generator) {
        void run(int count, NDManager scope) {
            for (int i = 0; i < count; i++) {
                try (NDManager local = scope.newSubManager()) {
                    RgbFrame first = PictureFile.read(picture, new FrameSize(SHAPE.width(), SHAPE.height()));
                    GenerationRequest request = new GenerationRequest(
                            "round",
                            SHAPE,
                            List.of(new GivenFrames.Still(0, first)),
                            new PromptFeatures(features("a red ball", local), features("blurry", local)),
                            CounterNoise.of(i, "start"));
                    VideoWriter.write(out, generator.generate(request, local).frames(), SHAPE.fps());
                }
            }
        }

        private ai.djl.ndarray.NDArray features(String words, NDManager scope) {
            TextFeatures features = text.encode(words);
            return EngineMemory.array(scope, new Shape(features.tokens(), features.width()), features.features_SD());
        }
    }

    private static long residentKibibytes() throws IOException {
        // What is unreachable by now is freed by threads of its own.
        System.gc();
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
