package dev.mugv.steps.curation;

import dev.mugv.model.config.CurationConfiguration;
import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.List;

/** Plans the curation of every admitted video: one piece of work each, labelled by the video's path. */
public final class CurateVideosPlanner implements WorkPlanner {
    public static final String STEP = "curate-videos";

    private final String run;
    private final CurationConfiguration curation;
    private final VideoCatalog videos;
    private final StageCatalog stages;
    private final WorkResources resources;

    public CurateVideosPlanner(
            String run,
            CurationConfiguration curation,
            VideoCatalog videos,
            StageCatalog stages,
            WorkResources resources) {
        this.run = run;
        this.curation = curation;
        this.videos = videos;
        this.stages = stages;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        List<SourceVideo> usable = videos.usable(run);
        stages.retain(run, STEP, usable.stream().map(SourceVideo::path).toList());
        return usable.stream().map(this::item).toList();
    }

    private WorkItem item(SourceVideo video) {
        String sha256 = video.sha256().orElseThrow();
        CurateVideoOrder order = new CurateVideoOrder(
                CatalogedClip.videoPath(sha256),
                sha256,
                curation.clipLength(),
                curation.aestheticModel(),
                curation.models());
        return new WorkItem(video.path(), TaskKind.CURATE_VIDEO, Json.tree(order), List.of(), resources);
    }
}
