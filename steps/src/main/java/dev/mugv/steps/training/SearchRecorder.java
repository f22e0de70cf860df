package dev.mugv.steps.training;

import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;
import java.util.Map;

/** Notes what a search of hyper-parameters found. */
public final class SearchRecorder implements WorkRecorder {
    private final StageCatalog stages;
    private final String run;
    private final String step;

    public SearchRecorder(StageCatalog stages, String run, String step) {
        this.stages = stages;
        this.run = run;
        this.step = step;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        stages.put(run, step, position, new StageArtifact(item.label(), artifact));
        HyperParameterSearch search =
                Json.read(folder.resolve(HyperParameterSearch.FILE_NAME), HyperParameterSearch.class);
        stages.putFigures(
                run,
                step,
                Map.of(
                        "chosen-trial", (double) search.chosen(),
                        "decided", search.decided() ? 1.0 : 0.0,
                        "found-learning-rate", search.found().learningRate(),
                        "found-beta2", search.found().beta2(),
                        "found-weight-decay", search.found().weightDecay()));
    }
}
