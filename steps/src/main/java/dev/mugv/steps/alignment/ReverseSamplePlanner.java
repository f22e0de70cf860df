package dev.mugv.steps.alignment;

import dev.mugv.model.config.AlignmentConfiguration;
import dev.mugv.model.format.ReverseSampleOrder;
import dev.mugv.model.format.ReverseSampleOrder.Item;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.training.EncodeLatentsPlanner;
import dev.mugv.steps.training.StageInputs;
import dev.mugv.steps.training.TrainingClips;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Plans the pairs of a stage with RDPO: training clips, noised and denoised by the model that the stage begins with, so that they show
 * what that model still does wrong. Conditioned on the first frame and on the caption alone, in turns.
 */
public final class ReverseSamplePlanner implements WorkPlanner {
    private static final int ITEMS_PER_ORDER = 8;

    private final AlignmentConfiguration alignment;
    private final Subject subject;
    private final TrainingClips clips;
    private final GeneratePreferencesPlanner.Captions captions;
    private final WorkResources resources;

    public ReverseSamplePlanner(
            AlignmentConfiguration alignment,
            Subject subject,
            TrainingClips clips,
            GeneratePreferencesPlanner.Captions captions,
            WorkResources resources) {
        this.alignment = alignment;
        this.subject = subject;
        this.clips = clips;
        this.captions = captions;
        this.resources = resources;
    }

    /**
     * @param step this step
     * @param inputs artifacts of the run
     * @param modelStep step that made the present model
     */
    public record Subject(String step, StageInputs inputs, String modelStep) {}

    @Override
    public List<WorkItem> plan() {
        List<Item> items = items();
        List<ArtifactRef> refs = new ArrayList<>();
        refs.add(subject.inputs().single(subject.modelStep(), subject.step()));
        refs.addAll(subject.inputs().all(EncodeLatentsPlanner.STEP, subject.step()));
        List<WorkItem> work = new ArrayList<>();
        for (int from = 0; from < items.size(); from += ITEMS_PER_ORDER) {
            ReverseSampleOrder order = new ReverseSampleOrder(
                    alignment.shape(),
                    alignment.reversal(),
                    alignment.sampler().precision(),
                    items.subList(from, Math.min(items.size(), from + ITEMS_PER_ORDER)));
            work.add(new WorkItem(
                    "pairs-" + from / ITEMS_PER_ORDER, TaskKind.REVERSE_SAMPLE, Json.tree(order), refs, resources));
        }
        return work;
    }

    private List<Item> items() {
        Map<String, String> captionByClip = captions.byClip();
        List<String> heldOut = clips.heldOut(alignment.shape()).stream()
                .map(CatalogedClip::clipId)
                .toList();
        List<String> usable = clips.all().stream()
                .filter(clip -> clip.source().isLongEnoughFor(alignment.shape()))
                .map(CatalogedClip::clipId)
                .filter(clip -> !heldOut.contains(clip))
                .toList();
        if (usable.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot plan '%s': no training clip is long enough for %d frames at %s frames a second. Shorten 'align.shape' or add longer videos."
                            .formatted(
                                    subject.step(),
                                    alignment.shape().frames(),
                                    alignment.shape().fps()));
        }
        // A shape of a single latent frame leaves none to be made beside a given one.
        boolean conditioned = alignment.shape().latentFrames() > 1;
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < Math.min(alignment.reversal().clips(), usable.size()); i++) {
            String clip = usable.get(i);
            items.add(new Item(clip, captionByClip.getOrDefault(clip, ""), conditioned && i % 2 == 0 ? 1 : 0));
        }
        return items;
    }
}
