package dev.mugv.model.format;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.OptBoolean;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.WeightAverage;
import dev.mugv.model.run.ArtifactRef;
import java.util.List;

/**
 * What a model file is: {@code model.json} beside {@code model.safetensors}. Files that were written before there were averages have
 * neither snapshots nor weights, and are read all the same: what was published stays in its place for years.
 *
 * @param size size of the model
 * @param stage stage, expansion or merging that made it
 * @param updates optimizer updates of that stage; 0 for expansion and merging
 * @param parameters number of trained values
 * @param modelSha256 hash of {@code model.safetensors}
 * @param codeVersion code that made it
 * @param inputs artifacts it was made from
 * @param checkpoints weights of intermediate updates, oldest first, for merging
 * @param snapshots averages of the weights that were kept, oldest first, for putting others together
 * @param weights which ones of the stage these are: {@link #LAST_WEIGHTS}, or the label of an average; {@link #MADE_WEIGHTS} without updates
 */
public record ModelDescription(
        DitSize size,
        String stage,
        int updates,
        long parameters,
        String modelSha256,
        String codeVersion,
        List<ArtifactRef> inputs,
        List<Checkpoint> checkpoints,

        @JacksonInject(useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
        List<Snapshot> snapshots,

        @JacksonInject(useInput = OptBoolean.TRUE, optional = OptBoolean.TRUE)
        String weights) {
    public static final String FILE_NAME = "model.json";
    public static final String WEIGHTS_FILE_NAME = "model.safetensors";

    /** As they stood after a stage's last update. */
    public static final String LAST_WEIGHTS = "last";

    /** Given, expanded or merged. */
    public static final String MADE_WEIGHTS = "made";

    /** One that no updates of a stage of ours made. */
    // Seven, as a model is described by so much.
    public ModelDescription(
            DitSize size,
            String stage,
            int updates,
            long parameters,
            String modelSha256,
            String codeVersion,
            List<ArtifactRef> inputs) {
        this(size, stage, updates, parameters, modelSha256, codeVersion, inputs, List.of(), List.of(), MADE_WEIGHTS);
    }

    public ModelDescription {
        inputs = List.copyOf(inputs);
        checkpoints = List.copyOf(checkpoints);
        snapshots = snapshots == null ? List.of() : List.copyOf(snapshots);
        if (weights == null) {
            weights = updates == 0 ? MADE_WEIGHTS : LAST_WEIGHTS;
        }
    }

    /**
     * Weights after some update.
     *
     * @param update updates done
     * @param file path relative to the artifact
     */
    public record Checkpoint(int update, String file) {}

    /**
     * An average of the weights as it stood after some update.
     *
     * @param update updates done
     * @param average which one
     * @param file path relative to the artifact
     */
    public record Snapshot(int update, WeightAverage average, String file) {}
}
