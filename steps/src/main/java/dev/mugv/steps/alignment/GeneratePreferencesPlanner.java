package dev.mugv.steps.alignment;

import dev.mugv.model.config.AlignmentConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.format.GeneratePreferencesOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipCaption;
import dev.mugv.steps.catalog.DecisionCatalog;
import dev.mugv.steps.training.EncodedLatents;
import dev.mugv.steps.training.StageInputs;
import dev.mugv.steps.training.TrainingClips;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Plans the samples that are labelled: for each of the first training clips, image-to-video and text-to-video in turns,
 * several samples from different noise, so that they can be compared with each other.
 */
public final class GeneratePreferencesPlanner implements WorkPlanner {
    public static final String STEP = "generate-preferences";

    /** Items of one work order: small enough to share the work, large enough to pay for loading the model. */
    private static final int ITEMS_PER_ORDER = 4;

    private final AlignmentConfiguration alignment;
    private final Sources sources;
    private final TrainingClips clips;
    private final Captions captions;
    private final WorkResources resources;

    public GeneratePreferencesPlanner(
            AlignmentConfiguration alignment,
            Sources sources,
            TrainingClips clips,
            Captions captions,
            WorkResources resources) {
        this.alignment = alignment;
        this.sources = sources;
        this.clips = clips;
        this.captions = captions;
        this.resources = resources;
    }

    /** Captions of a run's clips. */
    public record Captions(DecisionCatalog decisions, String run) {
        public Map<String, String> byClip() {
            return decisions.captions(run).stream()
                    .collect(Collectors.toMap(ClipCaption::clipId, ClipCaption::caption));
        }
    }

    /**
     * Steps whose artifacts are read.
     *
     * @param inputs artifacts of the run
     * @param latents its latents
     * @param text its text encoder
     * @param modelStep step that made the model to sample from
     * @param vaeStep step that made the VAE
     */
    public record Sources(
            StageInputs inputs, EncodedLatents latents, TextConfiguration text, String modelStep, String vaeStep) {
        List<ArtifactRef> refs() {
            List<ArtifactRef> refs = new ArrayList<>();
            refs.add(inputs.single(modelStep, STEP));
            refs.add(inputs.single(vaeStep, STEP));
            refs.addAll(latents.shards(STEP));
            return refs;
        }
    }

    @Override
    public List<WorkItem> plan() {
        List<GenerationItem> items = items();
        GenerationSettings settings = new GenerationSettings(
                alignment.shape(),
                alignment.sampler(),
                sources.text(),
                sources.latents().textEncoderSha256(STEP));
        List<WorkItem> work = new ArrayList<>();
        for (int from = 0; from < items.size(); from += ITEMS_PER_ORDER) {
            GeneratePreferencesOrder order = new GeneratePreferencesOrder(
                    settings,
                    alignment.samplesPerPrompt(),
                    items.subList(from, Math.min(items.size(), from + ITEMS_PER_ORDER)));
            work.add(new WorkItem(
                    "samples-" + from / ITEMS_PER_ORDER,
                    TaskKind.GENERATE_PREFERENCES,
                    Json.tree(order),
                    sources.refs(),
                    resources));
        }
        return work;
    }

    private List<GenerationItem> items() {
        Map<String, String> captionByClip = captions.byClip();
        List<String> heldOut = clips.heldOut(alignment.shape()).stream()
                .map(CatalogedClip::clipId)
                .toList();
        List<CatalogedClip> usable = clips.all().stream()
                .filter(clip -> clip.source().isLongEnoughFor(alignment.shape()))
                .filter(clip -> !heldOut.contains(clip.clipId()))
                .toList();
        if (usable.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot plan '%s': no training clip is long enough for %d frames at %s frames a second. Shorten 'align.shape' or add longer videos."
                            .formatted(
                                    STEP,
                                    alignment.shape().frames(),
                                    alignment.shape().fps()));
        }
        List<GenerationItem> items = new ArrayList<>();
        // Every clip gives two items at most: one conditioned on its first frame, one on its caption alone.
        for (int i = 0; i < Math.min(alignment.prompts(), 2 * usable.size()); i++) {
            CatalogedClip clip = usable.get(i % usable.size());
            boolean firstFrame = (i / usable.size() + i) % 2 == 0;
            items.add(new GenerationItem(
                    clip.clipId(),
                    captionByClip.getOrDefault(clip.clipId(), ""),
                    firstFrame ? Optional.of(clip.source()) : Optional.empty()));
        }
        return items;
    }
}
