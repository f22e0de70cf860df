package dev.mugv.model.train;

import dev.mugv.model.checkpoint.CheckpointPart;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TensorSlice;
import dev.mugv.model.tensor.TensorSource;
import java.util.List;

/**
 * Parameters that a training of one rank keeps beside those that it is about.
 *
 * @param parameters held whole by this rank
 */
public record CarriedParameters(ParameterSet parameters) implements CarriedState {
    @Override
    public List<CheckpointPart> parts(String group) {
        return parameters.shapes().stream()
                .map(shape -> CheckpointPart.of(
                        group, TensorSlice.whole(shape.name(), shape.shape()), parameters.values(shape.name())))
                .toList();
    }

    @Override
    public void read(TensorSource tensors) {
        tensors.requireExactly(parameters.shapes());
        parameters.fill(tensors);
    }
}
