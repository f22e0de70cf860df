package dev.mugv.model.format;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.run.ArtifactRef;
import java.util.List;

/**
 * What a model file is: {@code model.json} beside {@code model.safetensors}.
 *
 * @param size size of the model
 * @param stage stage, expansion or merging that made it
 * @param updates optimizer updates of that stage; 0 for expansion and merging
 * @param parameters number of trained values
 * @param modelSha256 hash of {@code model.safetensors}
 * @param codeVersion code that made it
 * @param inputs artifacts it was made from
 * @param checkpoints weights of intermediate updates, oldest first, for merging
 */
public record ModelDescription(
        DitSize size,
        String stage,
        int updates,
        long parameters,
        String modelSha256,
        String codeVersion,
        List<ArtifactRef> inputs,
        List<Checkpoint> checkpoints) {
    public static final String FILE_NAME = "model.json";
    public static final String WEIGHTS_FILE_NAME = "model.safetensors";

    public ModelDescription {
        inputs = List.copyOf(inputs);
        checkpoints = List.copyOf(checkpoints);
    }

    /**
     * Weights after some update.
     *
     * @param update updates done
     * @param file path relative to the artifact
     */
    public record Checkpoint(int update, String file) {}
}
