package dev.mugv.steps.training;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import java.util.List;

/** Artifacts of earlier stages of a run, for the planners of later ones. */
public final class StageInputs {
    private final StageCatalog stages;
    private final String run;

    public StageInputs(StageCatalog stages, String run) {
        this.stages = stages;
        this.run = run;
    }

    /**
     * The one artifact of a stage.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the stage has not been run
     */
    public ArtifactRef single(String stage, String neededBy) {
        return stages.findSingle(run, stage).orElseThrow(() -> missing(stage, neededBy));
    }

    /**
     * All artifacts of a stage, at least one.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the stage has not been run
     */
    public List<ArtifactRef> all(String stage, String neededBy) {
        List<ArtifactRef> refs =
                stages.artifacts(run, stage).stream().map(StageArtifact::ref).toList();
        if (refs.isEmpty()) {
            throw missing(stage, neededBy);
        }
        return refs;
    }

    /** Why a plan that needs a stage cannot be made before it has run. */
    public WorkFailure missing(String stage, String neededBy) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot plan '%s' of run '%s': its input, step '%s', has left nothing. Run that step's job first."
                        .formatted(neededBy, run, stage));
    }
}
