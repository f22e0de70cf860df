package dev.mugv.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** The machine's own speed at a matrix product of 2048³ in fp32, which other times are divided by. */
public final class MatrixProduct {
    private static final int SIDE = 2048;
    private static final int REPETITIONS = 10;

    /** Operations of one call of {@link #flopsPerSecond}. */
    static final double FLOPS = REPETITIONS * 2.0 * SIDE * SIDE * SIDE;

    private MatrixProduct() {}

    /** The fastest of some products with the engine's present threads, in operations a second. */
    public static double flopsPerSecond(NDManager scope) {
        double best = Double.MAX_VALUE;
        try (NDArray matrix = scope.ones(new Shape(SIDE, SIDE))) {
            for (int i = 0; i < REPETITIONS; i++) {
                long start = System.nanoTime();
                matrix.matMul(matrix).close();
                best = Math.min(best, (System.nanoTime() - start) / 1e9);
            }
        }
        return 2.0 * SIDE * SIDE * SIDE / best;
    }

    /**
     * Operations of some products with the engine's present threads in a second of processor time of one thread: to be
     * compared with other processor time on a machine that does other work beside.
     */
    public static double flopsPerProcessorSecond(NDManager scope) {
        try (NDArray matrix = scope.ones(new Shape(SIDE, SIDE))) {
            double start = ProcessorTime.seconds();
            for (int i = 0; i < REPETITIONS; i++) {
                matrix.matMul(matrix).close();
            }
            return 2.0 * SIDE * SIDE * SIDE * REPETITIONS / (ProcessorTime.seconds() - start);
        }
    }
}
