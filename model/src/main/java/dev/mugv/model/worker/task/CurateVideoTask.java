package dev.mugv.model.worker.task;

import dev.mugv.model.curation.AestheticScorer;
import dev.mugv.model.curation.ClassicalAestheticScorer;
import dev.mugv.model.curation.PictureModelScores;
import dev.mugv.model.curation.TorchScriptAestheticScorer;
import dev.mugv.model.curation.VideoCurator;
import dev.mugv.model.curation.VideoCurator.Curation;
import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code CURATE_VIDEO}: shots, clips and scores of one video. */
public final class CurateVideoTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        CurateVideoOrder order = context.parameters(CurateVideoOrder.class);
        Path video = context.order().workspace().resolve(order.video());
        if (Files.exists(video)) {
            // The name that the user gave the file, for messages: the workspace names videos by their content.
            video = video.toRealPath();
            requireContent(video, order.videoSha256());
        }
        int threads = context.order().threads();
        try (AestheticScorer scorer = scorer(context, order);
                PictureModelScores models = PictureModelScores.open(
                        order.models(), file -> context.order().workspace().resolve(file), threads)) {
            VideoCurator curator = new VideoCurator(order.clipLength(), scorer, models, threads);
            Curation curation = curator.curate(
                    video,
                    order.videoSha256(),
                    context.pendingOutput(),
                    (frames, declared) -> report(context, frames, declared));
            Path output = context.pendingOutput();
            Files.writeString(output.resolve(CurateVideoOrder.VIDEO_FILE), Json.pretty(curation.video()));
            Files.writeString(output.resolve(CurateVideoOrder.FINGERPRINTS_FILE), Json.text(curation.fingerprints()));
            if (order.models().embedding().isPresent()) {
                Files.writeString(output.resolve(CurateVideoOrder.EMBEDDINGS_FILE), Json.text(curation.embeddings()));
            }
            if (!curation.video().faults().isEmpty()) {
                context.log("'%s' is damaged: %s; %d frames were decoded"
                        .formatted(
                                video,
                                curation.video().faults(),
                                curation.video().frames()));
            }
        }
    }

    private static void report(TaskContext context, int frames, long declared) {
        context.progress(frames, Math.max(frames, declared), "frames");
        if (context.isStopRequested()) {
            throw new StopRequestedException(
                    "stopped after " + frames + " frames; the video is curated from its start again");
        }
    }

    private static void requireContent(Path video, String expected) {
        String found = Sha256.ofFile(video);
        if (!found.equals(expected)) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot curate video '%s': expected SHA-256 %s, found %s. The file has changed since it was listed: give the command again."
                            .formatted(video, expected, found));
        }
    }

    private static AestheticScorer scorer(TaskContext context, CurateVideoOrder order) {
        return order.aestheticModel()
                .<AestheticScorer>map(file -> TorchScriptAestheticScorer.open(
                        context.order().workspace().resolve(file),
                        context.order().threads()))
                .orElseGet(ClassicalAestheticScorer::new);
    }
}
