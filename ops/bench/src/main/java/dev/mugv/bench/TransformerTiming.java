package dev.mugv.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.TransformerPasses;
import dev.mugv.model.tensor.TorchRuntime;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Prints the time of a forward and backward pass: arguments threads, width, layers, text width, latent frames, height, width,
 * passes. Without arguments the golden tiny case on one thread.
 */
public final class TransformerTiming {
    private TransformerTiming() {}

    public static void main(String[] arguments) {
        int[] a = arguments.length == 0
                ? new int[] {1, 144, 2, 64, 3, 6, 4, 2000}
                : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        TorchRuntime runtime = TorchRuntime.start(a[0]);
        DitSize size = new DitSize(a[1], a[2], a[3], 300);
        try (NDManager scope = runtime.newScope();
                TransformerPasses passes = new TransformerPasses(scope, size, new Shape(1, 24, a[4], a[5], a[6]), 8)) {
            double[] milliseconds = new double[a[7]];
            double processor = 0;
            for (int i = 0; i < milliseconds.length; i++) {
                passes.parameters().zeroGradients();
                long start = System.nanoTime();
                long processorStart = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                passes.forwardAndBackward(scope);
                milliseconds[i] = (System.nanoTime() - start) / 1e6;
                if (i >= milliseconds.length / 2) {
                    processor += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - processorStart;
                }
            }
            Arrays.sort(milliseconds);
            System.out.printf(
                    "%s, %s: fastest %.3f ms, median %.3f ms of %d passes; %.3f ms of this thread's processor time (later half)%n",
                    runtime.description(),
                    size,
                    milliseconds[0],
                    milliseconds[a[7] / 2],
                    a[7],
                    processor / 1e6 / (a[7] - a[7] / 2));
            System.out.printf(
                    "2048^3 matrix product beside it: %.0f GFLOP/s%n", MatrixProduct.flopsPerSecond(scope) / 1e9);
        }
    }
}
