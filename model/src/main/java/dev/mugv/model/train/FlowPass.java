package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.dit.ForwardPass;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.tensor.Autograd;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Losses of a batch with the way back to the model's parameters. Of a model that is spread over a pipeline, one stage's share: the
 * last one has the losses.
 *
 * @param flow the objective
 * @param loss its value, where the velocity is
 * @param forward from the parameters to the velocity
 * @param nullCaption captions made from the null caption's table, recorded, when there are such and the table is trained
 */
record FlowPass(FlowMatching flow, Optional<FlowMatching.Loss> loss, ForwardPass forward, Optional<NDArray> nullCaption)
        implements AutoCloseable {

    /**
     * Adds to the parameters' gradients, once.
     *
     * @param gradient_B of every sample's own loss; not looked at where there is no loss
     * @param complete see {@link ForwardPass#backward(Optional, Consumer)}
     */
    void backward(double[] gradient_B, Consumer<String> complete, NDManager scope) {
        try (NDManager local = scope.newSubManager()) {
            Optional<NDArray> gradient_BCFHW = loss.map(known -> flow.gradient(known, gradient_B, local));
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
