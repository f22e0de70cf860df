package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.ForwardPass;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.tensor.Autograd;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Losses of a batch with the way back to the model's parameters.
 *
 * @param flow the objective
 * @param loss its value
 * @param forward from the parameters to the velocity
 * @param nullCaption captions made from the null caption's table, recorded, when there are such and the table is trained
 */
record FlowPass(FlowMatching flow, FlowMatching.Loss loss, ForwardPass forward, Optional<NDArray> nullCaption)
        implements AutoCloseable {

    /**
     * Adds to the parameters' gradients, once.
     *
     * @param gradient_B of every sample's own loss
     * @param complete see {@link ForwardPass#backward(NDArray, Consumer)}
     */
    void backward(double[] gradient_B, Consumer<String> complete) {
        try (NDManager local = loss.mean().getManager().newSubManager()) {
            NDArray gradient_BCFHW = flow.gradient(loss, gradient_B, local);
            if (nullCaption.isPresent()) {
                Autograd.backward(nullCaption.get(), forward.backwardToText(gradient_BCFHW, complete, local));
            } else {
                forward.backward(gradient_BCFHW, complete);
            }
        }
    }

    @Override
    public void close() {
        forward.close();
    }
}
