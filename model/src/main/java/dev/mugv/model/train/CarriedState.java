package dev.mugv.model.train;

import dev.mugv.model.checkpoint.CheckpointPart;
import dev.mugv.model.tensor.TensorSource;
import java.util.List;

/** What goes on from update to update beside the trained parameters, and is saved and taken back with them. */
public interface CarriedState {
    /**
     * What this rank holds, as a checkpoint takes it; that of all ranks makes up every tensor once.
     *
     * @param group name of its file in the checkpoint
     */
    List<CheckpointPart> parts(String group);

    /** Takes this rank's own elements from a checkpoint, whatever ranks it was written by. */
    void read(TensorSource tensors);
}
