package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Recording and running of backward passes.
 *
 * <p>Stands in for DJL's {@code GradientCollector}, of which a JVM may have only one at a time; the grad mode set here is
 * the calling thread's own, so ranks may be threads.
 */
public final class Autograd {
    private Autograd() {}

    /** Runs a computation with every operation recorded for {@link #backward}; restores the thread's mode after it. */
    public static <T> T recorded(Supplier<T> computation) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try {
            return computation.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** Runs a computation with nothing recorded; restores the thread's mode after it. */
    public static <T> T unrecorded(Supplier<T> computation) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return computation.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** Whether the calling thread records what it computes. */
    public static boolean isRecording() {
        return JniUtils.isGradMode();
    }

    /** Adds the gradient of a scalar to every parameter it depends on, and frees the recorded graph. */
    public static void backward(NDArray loss) {
        try (NDArray one = loss.getManager().ones(loss.getShape())) {
            backward(loss, one);
        }
    }

    /**
     * Vector-Jacobian product: adds {@code outputGradient · d output / d parameter} to every parameter the output depends
     * on, and frees the recorded graph.
     *
     * @param outputGradient of the output's shape
     */
    public static void backward(NDArray output, NDArray outputGradient) {
        Shape shape = output.getShape();
        AxisSizes.requireShape(outputGradient, shape, "gradient of the output");
        JniUtils.backward((PtNDArray) output, (PtNDArray) outputGradient, false, false);
    }

    /** A leaf that starts a new graph at this value: where gradients are cut and handed on by the caller. */
    public static NDArray leaf(NDArray value) {
        NDArray leaf = value.stopGradient();
        leaf.setRequiresGradient(true);
        return leaf;
    }
}
