package dev.mugv.steps.curation;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;

/** Notes which artifacts hold what filters made of the planted set; {@link FilterJudgement} and the report read them. */
public final class FilterChecksRecorder implements WorkRecorder {
    private final String run;
    private final StageCatalog stages;

    public FilterChecksRecorder(String run, StageCatalog stages) {
        this.run = run;
        this.stages = stages;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        stages.put(run, CheckFiltersPlanner.STEP, position, new StageArtifact(item.label(), artifact));
    }
}
