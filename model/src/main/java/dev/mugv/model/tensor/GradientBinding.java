package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;

/**
 * Makes the engine accumulate a parameter's gradient in memory that is ours. It makes a gradient by keeping the first array that
 * reaches the parameter, and adds later ones in place. The first one is sent here: the way back of a reshape hands on a view of our
 * memory, which is kept. From then on gradients accumulate there without a native call, and zeroing them is a fill.
 */
final class GradientBinding {
    private GradientBinding() {}

    /**
     * Binds the gradient of a parameter, which requires one and has none yet.
     *
     * @param name of the parameter, for messages
     * @param gradient zeros of the parameter's size, contiguous, on its device
     * @throws WorkFailure of kind {@link FailureKind#DEFECT} where the engine keeps a copy instead
     */
    static void bind(String name, NDArray parameter, NDArray gradient) {
        long size = parameter.size();
        if (size == 0) {
            return;
        }
        try (NDManager local = gradient.getManager().newSubManager(gradient.getDevice())) {
            NDArray flat = gradient.reshape(size);
            flat.attach(local);
            NDArray view = Autograd.recorded(() -> parameter.reshape(size));
            view.attach(local);
            Autograd.backward(view, flat);
            flat.addi(1);
            try (NDArray kept = parameter.getGradient()) {
                float seen = kept.toType(DataType.FLOAT32, true).toFloatArray()[0];
                if (seen != 1) {
                    throw new WorkFailure(
                            FailureKind.DEFECT,
                            "Cannot bind the gradient of '%s' on %s: the engine keeps a copy. Use the engine version that this release was built with."
                                    .formatted(name, gradient.getDevice()));
                }
            }
            flat.subi(1);
        }
    }
}
