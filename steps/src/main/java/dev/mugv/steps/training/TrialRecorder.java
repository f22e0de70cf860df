package dev.mugv.steps.training;

import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Notes the trainings of a search; of a trial that diverged, nothing is left of an earlier plan. */
public final class TrialRecorder implements WorkRecorder {
    private final StageCatalog stages;
    private final String run;
    private final String step;

    public TrialRecorder(StageCatalog stages, String run, String step) {
        this.stages = stages;
        this.run = run;
        this.step = step;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        stages.put(run, step, position, new StageArtifact(item.label(), artifact));
        TrainingSummary summary = Json.read(folder.resolve(TrainingSummary.FILE_NAME), TrainingSummary.class);
        stages.putFigures(run, step, Map.of("validation-loss-of-" + item.label(), summary.lastValidationLoss()));
    }

    @Override
    public void recordFailure(int position, WorkItem item, String message) {
        List<String> others = stages.artifacts(run, step).stream()
                .map(StageArtifact::label)
                .filter(label -> !label.equals(item.label()))
                .toList();
        stages.retain(run, step, others);
    }
}
