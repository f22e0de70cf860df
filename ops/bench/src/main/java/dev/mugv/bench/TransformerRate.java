package dev.mugv.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitFlops;
import dev.mugv.model.dit.TransformerPasses;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/**
 * Prints the rate of the transformer's products in passes forward and back, as a share of a 2048³ product's rate that is measured
 * between the passes: arguments threads, width, layers, passes, precision (1 1152 4 5 fp32 without any). One sample of 1,024
 * patches and 128 text tokens. Rates go by processor time, which other programs on the machine lengthen little; wall times stand
 * beside them. The time that a model of as many layers takes whose kernels have next to nothing to do is an upper bound for what
 * is spent outside kernels.
 */
public final class TransformerRate {
    private static final int TEXT = 128;
    private static final Shape LATENT = new Shape(1, 24, 4, 32, 32);
    private static final int PATCHES = 1024;

    private TransformerRate() {}

    public static void main(String[] arguments) {
        String[] a = arguments.length == 0 ? new String[] {"1", "1152", "4", "5", "fp32"} : arguments;
        TorchRuntime runtime = TorchRuntime.start(Integer.parseInt(a[0]));
        DitSize size = new DitSize(Integer.parseInt(a[1]), Integer.parseInt(a[2]), 4096, 300);
        ComputePrecision precision = ComputePrecision.valueOf(a[4].toUpperCase(Locale.ROOT));
        int passes = Integer.parseInt(a[3]);
        double[] processor = new double[passes];
        double[] wall = new double[passes];
        double[] product = new double[passes];
        double[] productWall = new double[passes];
        try (NDManager scope = runtime.newScope();
                TransformerPasses model = new TransformerPasses(scope, size, precision, LATENT, TEXT)) {
            model.forwardAndBackward(scope);
            for (int i = 0; i < passes; i++) {
                Runnable products = () -> MatrixProduct.flopsPerSecond(scope);
                double start = processorTime();
                productWall[i] = PairedTimes.time(products).wall();
                product[i] = processorTime() - start;
                start = processorTime();
                wall[i] =
                        PairedTimes.time(() -> model.forwardAndBackward(scope)).wall();
                processor[i] = processorTime() - start;
            }
            double flops = DitFlops.update(size, PATCHES, TEXT);
            double rate = flops / median(processor) * runtime.threads();
            double best = MatrixProduct.FLOPS / median(product) * runtime.threads();
            long parameters = model.parameters().shapes().stream()
                    .mapToLong(ParameterShape::size)
                    .sum();
            System.out.printf(
                    "%s, %s, %s, %d M parameters, %.0f GFLOP a pass%n",
                    runtime.description(), size, precision, parameters / 1_000_000, flops / 1e9);
            System.out.printf(
                    "pass: %.2f s of processor time, %.2f s wall, %.0f GFLOP/s; fp32 product of 2048^3: %.0f GFLOP/s; share %.2f (by wall time %.2f)%n",
                    median(processor),
                    median(wall),
                    rate / 1e9,
                    best / 1e9,
                    rate / best,
                    flops / median(wall) / (MatrixProduct.FLOPS / median(productWall)));
            double empty = empty(size, scope);
            System.out.printf(
                    "outside kernels: under %.1f ms of processor time a pass, %.2f %% of it%n",
                    1e3 * empty, 100 * empty / median(processor));
        }
    }

    /** A model as deep with almost nothing to compute: its kernels' own time is in it too. */
    private static double empty(DitSize size, NDManager scope) {
        DitSize small = new DitSize(DitSize.HEAD_WIDTH, size.layers(), 8, 300);
        try (TransformerPasses model = new TransformerPasses(scope, small, new Shape(1, 24, 1, 2, 2), 2)) {
            double[] times = new double[400];
            for (int i = 0; i < times.length; i++) {
                times[i] =
                        PairedTimes.time(() -> model.forwardAndBackward(scope)).processor();
            }
            return median(Arrays.copyOfRange(times, times.length / 2, times.length));
        }
    }

    private static double processorTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
