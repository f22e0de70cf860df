package dev.mugv.steps.training;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCatalog;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.catalog.SourceVideo;
import dev.mugv.steps.catalog.VideoCatalog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which clips of a run are trained on, finetuned on, and held out. */
public final class TrainingClips {
    private final VideoCatalog videos;
    private final ClipCatalog clips;
    private final DecisionCatalog decisions;
    private final String run;
    private final Optional<ImportedClips> imported;

    public TrainingClips(VideoCatalog videos, ClipCatalog clips, DecisionCatalog decisions, String run) {
        this(videos, clips, decisions, run, Optional.empty());
    }

    /** @param imported what is trained on instead of clips of videos */
    public TrainingClips(
            VideoCatalog videos,
            ClipCatalog clips,
            DecisionCatalog decisions,
            String run,
            Optional<ImportedClips> imported) {
        this.videos = videos;
        this.clips = clips;
        this.decisions = decisions;
        this.run = run;
        this.imported = imported;
    }

    /** Clips of pretraining with their weights. */
    public List<WeightedClip> pretraining() {
        if (imported.isPresent()) {
            return imported.get().training();
        }
        return kept().stream()
                .filter(decision -> !decision.heldOut())
                .map(decision -> new WeightedClip(decision.clipId(), decision.weight()))
                .toList();
    }

    /** The best clips, for supervised finetuning. */
    public List<WeightedClip> finetuning() {
        if (imported.isPresent()) {
            return imported.get().training();
        }
        return kept().stream()
                .filter(ClipDecision::finetune)
                .map(decision ->
                        new WeightedClip(decision.clipId(), decision.choice().weight()))
                .toList();
    }

    /** Every kept clip, held out or not, ordered by clip id. */
    public List<CatalogedClip> all() {
        Map<String, CatalogedClip> byId = clips
                .ofVideos(videos.admitted(run).stream()
                        .map(SourceVideo::sha256)
                        .flatMap(Optional::stream)
                        .toList())
                .stream()
                .collect(Collectors.toMap(CatalogedClip::clipId, Function.identity()));
        return kept().stream()
                .map(decision -> byId.get(decision.clipId()))
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    /** Clips that only validation sees and that are long enough for a shape, ordered by clip id. */
    public List<CatalogedClip> heldOut(VideoShape shape) {
        List<String> heldOut = kept().stream()
                .filter(ClipDecision::heldOut)
                .map(ClipDecision::clipId)
                .toList();
        return all().stream()
                .filter(clip -> heldOut.contains(clip.clipId()))
                .filter(clip -> clip.source().isLongEnoughFor(shape))
                .toList();
    }

    /**
     * The fixed validation grid of a stage.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when no held-out clip is long enough
     */
    public ValidationGrid validationGrid(String stage, VideoShape shape, EvaluationConfiguration evaluation) {
        if (imported.isPresent()) {
            return imported.get().validationGrid(stage, shape);
        }
        List<String> ids = heldOut(shape).stream().map(CatalogedClip::clipId).toList();
        if (ids.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot plan stage '%s': no held-out clip is long enough for %d frames at %s frames a second. Add longer videos, shorten the stage's clips or raise 'evaluate.held-out-share'."
                            .formatted(stage, shape.frames(), shape.fps()));
        }
        return new ValidationGrid(ids, shape, evaluation.timesteps(), evaluation.seed());
    }

    private List<ClipDecision> kept() {
        List<ClipDecision> kept =
                decisions.decisions(run).stream().filter(ClipDecision::isKept).toList();
        if (kept.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train in run '%s': no clip was kept. Look at 'mugv clips' for the reasons and loosen 'curation.filters'."
                            .formatted(run));
        }
        return kept;
    }
}
