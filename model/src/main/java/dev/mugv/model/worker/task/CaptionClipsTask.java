package dev.mugv.model.worker.task;

import dev.mugv.model.chat.ChatEndpoint;
import dev.mugv.model.config.CaptionerConfiguration;
import dev.mugv.model.curation.CaptionEndpoint;
import dev.mugv.model.curation.ClipCaptioner;
import dev.mugv.model.format.CaptionClipsOrder;
import dev.mugv.model.format.CaptionClipsOrder.NamedClip;
import dev.mugv.model.format.ClipCaptions;
import dev.mugv.model.format.CurateVideoOrder;
import dev.mugv.model.format.CuratedClip;
import dev.mugv.model.format.CuratedVideo;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code CAPTION_CLIPS}: captions and tags of a shard of clips. */
public final class CaptionClipsTask implements WorkTask {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

    @Override
    public void run(TaskContext context) throws IOException {
        CaptionClipsOrder order = context.parameters(CaptionClipsOrder.class);
        ClipCaptioner captioner = new ClipCaptioner(order.captions(), endpoint(order.captioner()));
        Map<String, CuratedClip> measured = measured(context);
        List<ClipCaptions.Caption> captions = new ArrayList<>();
        for (NamedClip named : order.clips()) {
            CuratedClip clip = measured.get(named.clip().clipId());
            if (clip == null) {
                throw new WorkFailure(
                        FailureKind.DEFECT,
                        "Cannot caption clip %s: none of the inputs holds it. Report this."
                                .formatted(named.clip().clipId()));
            }
            NamedClip here = new NamedClip(named.clip().within(context.order().workspace()), named.videoName());
            captions.add(captioner.caption(here, clip));
            context.progress(captions.size(), order.clips().size(), "clips");
            if (context.isStopRequested() && captions.size() < order.clips().size()) {
                throw new StopRequestedException("stopped after " + captions.size() + " captions");
            }
        }
        Path file = context.pendingOutput().resolve(CaptionClipsOrder.CAPTIONS_FILE);
        Files.writeString(file, Json.pretty(new ClipCaptions(captions)));
    }

    private static Map<String, CuratedClip> measured(TaskContext context) {
        Map<String, CuratedClip> measured = new HashMap<>();
        for (Path folder : TaskInputs.all(context, EnumSet.of(TaskKind.CURATE_VIDEO))) {
            Json.read(folder.resolve(CurateVideoOrder.VIDEO_FILE), CuratedVideo.class)
                    .clips()
                    .forEach(clip -> measured.put(clip.clipId(), clip));
        }
        return measured;
    }

    private static Optional<CaptionEndpoint> endpoint(CaptionerConfiguration captioner) {
        if (captioner instanceof CaptionerConfiguration.Endpoint settings) {
            return Optional.of(new CaptionEndpoint(
                    settings,
                    settings.apiKeyVariable().map(name -> ChatEndpoint.key(CaptionEndpoint.PURPOSE, name)),
                    FIRST_PAUSE));
        }
        return Optional.empty();
    }
}
