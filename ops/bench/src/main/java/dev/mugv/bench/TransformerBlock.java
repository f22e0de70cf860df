package dev.mugv.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.util.Utils;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.dit.BlockPasses;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One block of the transformer, forward and back, against the same block written for libtorch's C++ API (org.bytedeco:pytorch), and
 * in bf16 against fp32: arguments threads, pairs, width, heads, tokens, text tokens (1 40 512 8 1024 128 without any). First the
 * two are shown to compute the same. All run in this JVM, in turns, on one libtorch and one set of threads.
 */
public final class TransformerBlock {
    private static final int WARM = 3;

    private TransformerBlock() {}

    public static void main(String[] arguments) throws IOException {
        int[] a = arguments.length == 0
                ? new int[] {1, 40, 512, 8, 1024, 128}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        TorchRuntime runtime = TorchRuntime.start(a[0]);
        shareLibraries();
        BlockPasses.Sizes sizes = new BlockPasses.Sizes(a[2], a[3], a[4], a[5]);
        System.out.printf("%s, %s, %d pairs%n", runtime.description(), sizes, a[1]);
        try (NDManager scope = runtime.newScope();
                BlockPasses ours = new BlockPasses(scope, sizes, ComputePrecision.FP32);
                BlockPasses rounded = new BlockPasses(scope, sizes, ComputePrecision.BF16)) {
            LibtorchBlock libtorch = new LibtorchBlock(ours);
            compare(ours, libtorch);
            for (int i = 0; i < WARM; i++) {
                ours.run();
                libtorch.run();
                rounded.run();
            }
            print("ours over libtorch's API", PairedTimes.of(ours::run, libtorch::run, a[1]));
            print("bf16 over fp32", PairedTimes.of(rounded::run, ours::run, a[1]));
            System.out.printf(
                    "2048^3 matrix product beside it: %.0f GFLOP/s%n", MatrixProduct.flopsPerSecond(scope) / 1e9);
        }
    }

    private static void print(String what, PairedTimes times) {
        System.out.printf(
                "%s: wall %s, processor time %s; medians %.1f and %.1f ms wall, %.1f and %.1f ms of processor time%n",
                what,
                times.ratio(PairedTimes.Sample::wall),
                times.ratio(PairedTimes.Sample::processor),
                1e3 * times.medianFirst(PairedTimes.Sample::wall),
                1e3 * times.medianSecond(PairedTimes.Sample::wall),
                1e3 * times.medianFirst(PairedTimes.Sample::processor),
                1e3 * times.medianSecond(PairedTimes.Sample::processor));
    }

    private static void compare(BlockPasses ours, LibtorchBlock libtorch) {
        ours.parameters().zeroGradients();
        BlockPasses.Results own = ours.results();
        BlockPasses.Results other = libtorch.results();
        double output = difference(own.output(), other.output());
        double gradient = difference(own.input_RD(), other.input_RD());
        for (ParameterShape shape : ours.parameters().shapes()) {
            FloatBuffer values = ours.parameters().gradient(shape.name());
            float[] found = new float[values.limit()];
            values.get(found);
            gradient = Math.max(
                    gradient, difference(found, libtorch.gradient(shape.name().substring("blocks.0.".length()))));
        }
        System.out.printf("relative L2 difference: output %.1e, worst gradient %.1e%n", output, gradient);
        if (!(output < 1e-5 && gradient < 1e-4)) {
            throw new IllegalStateException("the two blocks do not compute the same");
        }
    }

    private static double difference(float[] found, float[] expected) {
        double square = 0;
        double whole = 0;
        for (int i = 0; i < expected.length; i++) {
            square += Math.pow((double) found[i] - expected[i], 2);
            whole += Math.pow(expected[i], 2);
        }
        return Math.sqrt(square / whole);
    }

    /** Has JavaCPP load the libtorch that DJL has unpacked and loaded: two of them in one process end it. */
    private static void shareLibraries() throws IOException {
        try (Stream<Path> folders = Files.list(Utils.getCacheDir().resolve("pytorch"))) {
            List<Path> found = folders.filter(folder -> Files.exists(folder.resolve("libtorch_cpu.so")))
                    .filter(folder -> String.valueOf(folder.getFileName()).startsWith("2.7.1-"))
                    .toList();
            if (found.size() != 1) {
                throw new IllegalStateException("expected one libtorch 2.7.1 in DJL's cache, found " + found);
            }
            System.setProperty("org.bytedeco.javacpp.pathsfirst", "true");
            System.setProperty(
                    "org.bytedeco.javacpp.platform.preloadpath", found.get(0).toString());
        }
    }
}
