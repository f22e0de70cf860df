package dev.mugv.steps.curation;

import dev.mugv.model.config.CurationConfiguration;
import dev.mugv.model.format.CompareClipsOrder;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.List;

/** Plans the search for near-duplicates over all curated videos. */
public final class CompareClipsPlanner implements WorkPlanner {
    public static final String STEP = "compare-clips";

    private final String run;
    private final CurationConfiguration curation;
    private final StageCatalog stages;
    private final WorkResources resources;

    public CompareClipsPlanner(
            String run, CurationConfiguration curation, StageCatalog stages, WorkResources resources) {
        this.run = run;
        this.curation = curation;
        this.stages = stages;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        List<ArtifactRef> curated = stages.artifacts(run, CurateVideosPlanner.STEP).stream()
                .map(StageArtifact::ref)
                .toList();
        if (curated.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot plan '%s' of run '%s': no video has been curated. Run job 'curate-videos' first."
                            .formatted(STEP, run));
        }
        CompareClipsOrder order = new CompareClipsOrder(
                curation.duplicates().maxDistance(),
                curation.models().embedding().map(file -> curation.duplicates().minSimilarity()));
        return List.of(new WorkItem(STEP, TaskKind.COMPARE_CLIPS, Json.tree(order), curated, resources));
    }
}
