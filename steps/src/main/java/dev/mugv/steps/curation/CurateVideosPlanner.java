package dev.mugv.steps.curation;

import dev.mugv.model.config.CurationConfiguration;
import dev.mugv.model.config.PictureModels;
import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Plans the curation of every admitted video: one piece of work each, labelled by the video's path. */
public final class CurateVideosPlanner implements WorkPlanner {
    public static final String STEP = "curate-videos";

    private final String run;
    private final CurationConfiguration curation;
    private final Catalogs catalogs;
    private final ContentLinks links;
    private final WorkResources resources;

    public CurateVideosPlanner(
            String run,
            CurationConfiguration curation,
            Catalogs catalogs,
            ContentLinks links,
            WorkResources resources) {
        this.run = run;
        this.curation = curation;
        this.catalogs = catalogs;
        this.links = links;
        this.resources = resources;
    }

    /** Catalogs that the plan is read from. */
    public record Catalogs(VideoCatalog videos, StageCatalog stages) {}

    @Override
    public List<WorkItem> plan() {
        List<SourceVideo> usable = catalogs.videos().usable(run);
        catalogs.stages()
                .retain(run, STEP, usable.stream().map(SourceVideo::path).toList());
        // By their contents: another model under the same name is other work.
        Optional<Path> aesthetic = curation.aestheticModel().map(this::named);
        PictureModels models = curation.models().named(this::named);
        return usable.stream().map(video -> item(video, aesthetic, models)).toList();
    }

    private Path named(Path file) {
        return links.name(file).path();
    }

    private WorkItem item(SourceVideo video, Optional<Path> aesthetic, PictureModels models) {
        String sha256 = video.sha256().orElseThrow();
        CurateVideoOrder order =
                new CurateVideoOrder(CatalogedClip.videoPath(sha256), sha256, curation.clipLength(), aesthetic, models);
        return new WorkItem(video.path(), TaskKind.CURATE_VIDEO, Json.tree(order), List.of(), resources);
    }
}
