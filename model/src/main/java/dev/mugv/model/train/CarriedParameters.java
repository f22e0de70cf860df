package dev.mugv.model.train;

import dev.mugv.model.checkpoint.CheckpointPart;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TensorSource;
import java.util.List;

/**
 * Parameters that a training keeps beside those that it is about, and trains too.
 *
 * @param parameters held whole by every rank
 * @param optimizer theirs; of several ranks each saves the elements that it updates
 */
public record CarriedParameters(ParameterSet parameters, OptimizerState optimizer) implements CarriedState {
    @Override
    public List<CheckpointPart> parts(String group) {
        return optimizer.parameterParts(group);
    }

    @Override
    public void read(TensorSource tensors) {
        tensors.requireExactly(parameters.shapes());
        parameters.fill(tensors);
    }
}
