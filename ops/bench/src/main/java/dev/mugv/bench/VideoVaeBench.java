package dev.mugv.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import dev.mugv.model.vae.PixelSource;
import dev.mugv.model.vae.TimeChunks;
import dev.mugv.model.vae.VaeFlops;
import dev.mugv.model.vae.VideoVae;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints how fast the VideoVAE of the published size encodes and decodes, as a share of the machine's rate at a 2048³ matrix
 * product beside it: arguments threads, repetitions, videos as frames x height x width (8x128x128 and 16x256x256 by default).
 * The share is given of wall time (the fastest run, the fastest product) and of processor time (median of pairs of a run and
 * the products before and behind it), which other work on the machine changes less.
 */
public final class VideoVaeBench {
    static final VaeSize PUBLISHED = new VaeSize(List.of(128, 256, 512, 512), 128, 2);

    private VideoVaeBench() {}

    private record Video(int frames, int height, int width) {
        static Video parse(String text) {
            int[] sides =
                    Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
            return new Video(sides[0], sides[1], sides[2]);
        }

        @Override
        public String toString() {
            return "%dx%dx%d".formatted(frames, height, width);
        }
    }

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        TorchRuntime runtime = TorchRuntime.start(Integer.parseInt(arguments[0]));
        int repetitions = Integer.parseInt(arguments[1]);
        List<String> videos = arguments.length > 2
                ? List.of(arguments).subList(2, arguments.length)
                : List.of("8x128x128", "16x256x256");
        System.out.printf("%s; useful operations: taps on padding are not counted%n", runtime.description());
        System.out.println("                        fastest  product beside   share of the product's rate   frames/s");
        System.out.println("                              s         GFLOP/s    wall time  processor time");
        try (NDManager scope = runtime.newScope();
                VideoVae vae = VideoVae.ofValues(scope, PUBLISHED, WeightFormula::fill)) {
            for (String text : videos) {
                Video video = Video.parse(text);
                encode(vae, scope, video, repetitions);
                decode(vae, scope, video, repetitions);
            }
        }
    }

    private static void encode(VideoVae vae, NDManager scope, Video video, int repetitions) {
        double flops = VaeFlops.ofEncoding(PUBLISHED, video.frames, video.height, video.width);
        try (NDArray pixel_BCFHW = noise(scope, new Shape(1, 3, video.frames, video.height, video.width))) {
            PixelSource source = PixelSource.of(pixel_BCFHW);
            measure(
                    "encode " + video,
                    scope,
                    new Work(
                            flops,
                            video.frames,
                            () -> vae.encodeMean(scope, source).close()),
                    repetitions);
        }
    }

    private static void decode(VideoVae vae, NDManager scope, Video video, int repetitions) {
        double flops = VaeFlops.ofDecoding(PUBLISHED, video.frames, video.height, video.width);
        Shape shape = new Shape(1, 24, TimeChunks.latentFrames(video.frames), video.height / 8, video.width / 8);
        try (NDArray latent_BCFHW = noise(scope, shape)) {
            measure(
                    "decode " + video,
                    scope,
                    new Work(flops, video.frames, () -> vae.decode(latent_BCFHW, video.frames, pixels -> {})),
                    repetitions);
        }
    }

    private record Work(double flops, int frames, Runnable run) {}

    private static void measure(String name, NDManager scope, Work work, int repetitions) {
        // Weights are packed and kernels made in the first run.
        work.run.run();
        double fastest = Double.MAX_VALUE;
        double productRate = 0;
        double[] shares = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            productRate = Math.max(productRate, MatrixProduct.flopsPerSecond(scope));
            double before = MatrixProduct.flopsPerProcessorSecond(scope);
            long start = System.nanoTime();
            double processorStart = ProcessorTime.seconds();
            work.run.run();
            double processorSeconds = ProcessorTime.seconds() - processorStart;
            fastest = Math.min(fastest, (System.nanoTime() - start) / 1e9);
            double behind = MatrixProduct.flopsPerProcessorSecond(scope);
            shares[i] = work.flops / processorSeconds / ((before + behind) / 2);
        }
        Arrays.sort(shares);
        System.out.printf(
                "%-20s %10.3f %13.0f %11.1f %% %13.1f %% %10.2f%n",
                name,
                fastest,
                productRate / 1e9,
                100 * work.flops / fastest / productRate,
                100 * shares[repetitions / 2],
                work.frames / fastest);
        OperationTimes times = OperationTimes.of(work.run);
        double rest = 1 - times.convolutionShare() - times.productShare();
        System.out.printf(
                "    of its time: convolutions %.1f %%, matrix products and attention %.1f %%; outside them %.1f %%"
                        + " (means and variances %.1f %%, normalising and activation %.1f %%, copies %.1f %%)%n",
                100 * times.convolutionShare(),
                100 * times.productShare(),
                100 * rest,
                100 * times.statisticsShare(),
                100 * times.affineShare(),
                100 * times.copyShare());
    }

    private static NDArray noise(NDManager scope, Shape shape) {
        NDArray array = scope.zeros(shape);
        CounterNoise.of(1, "bench").fillGaussian(EngineMemory.floats(array));
        return array;
    }
}
