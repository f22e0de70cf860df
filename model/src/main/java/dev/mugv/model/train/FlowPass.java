package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.ForwardPass;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.tensor.Autograd;
import java.util.Optional;

/**
 * Losses of a batch with the way back to the model's parameters.
 *
 * @param loss recorded from the velocity on
 * @param forward from the parameters to the velocity
 * @param nullCaption captions made from the null caption's table, recorded, when there are such
 */
record FlowPass(FlowMatching.Loss loss, ForwardPass forward, Optional<NDArray> nullCaption) implements AutoCloseable {

    /**
     * Adds to the parameters' gradients, once.
     *
     * @param output one of the losses
     * @param gradient of that loss
     */
    void backward(NDArray output, NDArray gradient) {
        Autograd.backward(output, gradient);
        if (nullCaption.isEmpty()) {
            forward.backward();
            return;
        }
        NDArray text_SD = nullCaption.get();
        try (NDManager local = text_SD.getManager().newSubManager()) {
            Autograd.backward(text_SD, forward.backwardToText(local));
        }
    }

    @Override
    public void close() {
        forward.close();
    }
}
