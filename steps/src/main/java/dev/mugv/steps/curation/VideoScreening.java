package dev.mugv.steps.curation;

import dev.mugv.model.config.VideoSources;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.SourceVideo.State;
import dev.mugv.steps.catalog.VideoCatalog;
import java.nio.file.Path;
import java.util.List;

/** Step {@code scan-videos}: lists, hashes and screens the user's folder. */
public final class VideoScreening {
    public static final String STEP = "scan-videos";

    private final VideoSources sources;
    private final Path workspace;
    private final VideoCatalog videos;

    public VideoScreening(VideoSources sources, Path workspace, VideoCatalog videos) {
        this.sources = sources;
        this.workspace = workspace;
        this.videos = videos;
    }

    /**
     * Scans the folder into the catalog; to be called in a transaction, safe to repeat.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when no video may be used
     */
    public void scan(String run) {
        VideoFolder folder = new VideoFolder(sources.folder(), ScreeningManifest.read(sources.screening()));
        List<SourceVideo> found = folder.scan();
        videos.replace(run, found);
        List<SourceVideo> admitted =
                found.stream().filter(video -> video.state() == State.ADMITTED).toList();
        if (admitted.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot curate video folder '%s': none of its %d files may be used, the first because %s. Name them in the screening manifest '%s'."
                            .formatted(
                                    sources.folder(), found.size(), found.get(0).reason(), sources.screening()));
        }
        folder.link(admitted, workspace);
    }
}
