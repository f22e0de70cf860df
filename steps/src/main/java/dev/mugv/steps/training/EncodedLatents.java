package dev.mugv.steps.training;

import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import java.util.List;

/** The latent shards of a run, for the planners of what generates from or measures on them. */
public final class EncodedLatents {
    private final StageInputs inputs;
    private final ArtifactStore store;

    public EncodedLatents(StageInputs inputs, ArtifactStore store) {
        this.inputs = inputs;
        this.store = store;
    }

    public List<ArtifactRef> shards(String neededBy) {
        return inputs.all(EncodeLatentsPlanner.STEP, neededBy);
    }

    /** Identity of the text encoder that encoded the captions; prompts must be encoded by the same one. */
    public String textEncoderSha256(String neededBy) {
        return Json.read(store.open(shards(neededBy).get(0)).resolve(LatentShard.FILE_NAME), LatentShard.class)
                .textEncoderSha256();
    }
}
