package dev.mugv.steps.curation;

import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.CompareClipsOrder;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.DuplicatePair;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;

/** Takes near-duplicates into the catalog. */
public final class DuplicateRecorder implements WorkRecorder {
    private final String run;
    private final DecisionCatalog decisions;
    private final StageCatalog stages;

    public DuplicateRecorder(String run, DecisionCatalog decisions, StageCatalog stages) {
        this.run = run;
        this.decisions = decisions;
        this.stages = stages;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        ClipDuplicates duplicates = Json.read(folder.resolve(CompareClipsOrder.DUPLICATES_FILE), ClipDuplicates.class);
        decisions.replaceDuplicates(
                run,
                duplicates.pairs().stream()
                        .map(pair -> new DuplicatePair(pair.clipId(), pair.otherId(), pair.distance()))
                        .toList());
        stages.put(run, CompareClipsPlanner.STEP, position, new StageArtifact(item.label(), artifact));
    }
}
