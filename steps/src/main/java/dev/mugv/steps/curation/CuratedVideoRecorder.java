package dev.mugv.steps.curation;

import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.format.DecodeFaults;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.RejectedPiece;
import dev.mugv.steps.catalog.SourceVideo.State;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.catalog.VideoCatalog;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Path;
import java.util.List;

/** Takes the clips and scores of curated videos into the catalogs; a video that cannot be decoded is noted by name. */
public final class CuratedVideoRecorder implements WorkRecorder {
    private final String run;
    private final VideoCatalog videos;
    private final ClipCatalog clips;
    private final StageCatalog stages;

    public CuratedVideoRecorder(String run, VideoCatalog videos, ClipCatalog clips, StageCatalog stages) {
        this.run = run;
        this.videos = videos;
        this.clips = clips;
        this.stages = stages;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        CuratedVideo video = Json.read(folder.resolve(CurateVideoOrder.VIDEO_FILE), CuratedVideo.class);
        List<CatalogedClip> found = video.clips().stream()
                .map(clip -> new CatalogedClip(
                        clip.clipId(),
                        video.videoSha256(),
                        clip.range().firstFrame(),
                        clip.range().endFrame(),
                        video.fps(),
                        video.properties().width(),
                        video.properties().height(),
                        clip.entry(),
                        clip.scores()))
                .toList();
        List<RejectedPiece> pieces = video.rejectedPieces().stream()
                .map(piece -> new RejectedPiece(
                        video.videoSha256(),
                        piece.range().firstFrame(),
                        piece.range().endFrame(),
                        piece.reason()))
                .toList();
        clips.replace(video.videoSha256(), artifact.key(), found, pieces);
        stages.put(run, CurateVideosPlanner.STEP, position, new StageArtifact(item.label(), artifact));
        videos.note(run, item.label(), State.ADMITTED, inWords(video.faults()));
    }

    @Override
    public void recordFailure(int position, WorkItem item, String message) {
        videos.note(run, item.label(), State.DAMAGED, message);
    }

    private static String inWords(DecodeFaults faults) {
        if (faults.isEmpty()) {
            return "";
        }
        return "decoded with faults: %d damaged packets, %d damaged frames%s"
                .formatted(faults.damagedPackets(), faults.damagedFrames(), faults.truncated() ? ", cut off" : "");
    }
}
