package dev.mugv.steps.evaluation;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.evaluation.EarlierEvaluations.Element;
import dev.mugv.steps.training.EncodedLatents;
import dev.mugv.steps.training.StageInputs;
import dev.mugv.steps.training.TrainingClips;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Plans the evaluation of several checkpoints on the same grid, prompts and start noise, so that they compare. What was evaluated before
 * is not asked for again: with a changed prompt, only that prompt is.
 */
public final class EvaluateModelPlanner implements WorkPlanner {
    public static final String STEP = "evaluate-models";

    /** Stands between a checkpoint's name and what tells its further elements apart. */
    static final String MORE = "+";

    /** Small enough to share the work, large enough to pay for loading the model. */
    private static final int ITEMS_PER_ELEMENT = 16;

    private static final int DIGITS = 8;

    private final EvaluationConfiguration evaluation;
    private final Subject subject;
    private final TrainingClips clips;
    private final EvaluationItems items;
    private final WorkResources resources;

    public EvaluateModelPlanner(
            EvaluationConfiguration evaluation,
            Subject subject,
            TrainingClips clips,
            EvaluationItems items,
            WorkResources resources) {
        this.evaluation = evaluation;
        this.subject = subject;
        this.clips = clips;
        this.items = items;
        this.resources = resources;
    }

    /**
     * What is evaluated.
     *
     * @param inputs artifacts of the run
     * @param latents its latents
     * @param text its text encoder
     * @param checkpoints in the order of training
     * @param vaeStep step that made the VAE
     * @param shapes further shapes of the curriculum that the loss is measured at
     * @param earlier what the run has evaluated before
     */
    public record Subject(
            StageInputs inputs,
            EncodedLatents latents,
            TextConfiguration text,
            List<EvaluatedCheckpoint> checkpoints,
            String vaeStep,
            List<VideoShape> shapes,
            EarlierEvaluations earlier) {
        public Subject {
            checkpoints = List.copyOf(checkpoints);
            shapes = List.copyOf(shapes);
        }
    }

    @Override
    public List<WorkItem> plan() {
        List<GenerationItem> asked = items.items();
        GenerationSettings settings = new GenerationSettings(
                evaluation.shape(),
                evaluation.sampler(),
                subject.text(),
                subject.latents().textEncoderSha256(STEP));
        List<ValidationGrid> grids = Stream.concat(Stream.of(evaluation.shape()), subject.shapes().stream())
                .distinct()
                .map(shape -> clips.validationGrid(STEP, shape, evaluation))
                .toList();
        List<WorkItem> work = new ArrayList<>();
        for (EvaluatedCheckpoint checkpoint : subject.checkpoints()) {
            List<ArtifactRef> refs = new ArrayList<>();
            refs.add(subject.inputs().single(checkpoint.step(), STEP));
            refs.add(subject.inputs().single(subject.vaeStep(), STEP));
            refs.addAll(subject.latents().shards(STEP));
            for (Element element : elements(checkpoint.name(), new Wish(grids, settings, asked), refs)) {
                work.add(new WorkItem(
                        element.label(), TaskKind.EVALUATE_MODEL, Json.tree(element.order()), refs, resources));
            }
        }
        subject.earlier().retain(work.stream().map(WorkItem::label).toList());
        return work;
    }

    /** What is wanted of every checkpoint. */
    private record Wish(List<ValidationGrid> grids, GenerationSettings settings, List<GenerationItem> items) {}

    /** Elements of before that hold something of what is wanted, as they are; and as many more as the rest needs. */
    private List<Element> elements(String checkpoint, Wish wish, List<ArtifactRef> refs) {
        List<Element> elements = new ArrayList<>();
        Set<GenerationItem> missing = new LinkedHashSet<>(wish.items());
        boolean measured = false;
        for (Element earlier : subject.earlier().of(checkpoint, wish.settings(), refs)) {
            boolean first = earlier.order().grids().equals(wish.grids());
            boolean wanted = earlier.order().items().stream().anyMatch(missing::contains);
            if (first || (earlier.order().grids().isEmpty() && wanted)) {
                elements.add(earlier);
                earlier.order().items().forEach(missing::remove);
                measured |= first;
            }
        }
        List<GenerationItem> rest = List.copyOf(missing);
        for (int from = 0; from < rest.size() || !measured; from += ITEMS_PER_ELEMENT) {
            EvaluateModelOrder order = new EvaluateModelOrder(
                    checkpoint,
                    measured ? List.of() : wish.grids(),
                    wish.settings(),
                    rest.subList(Math.min(rest.size(), from), Math.min(rest.size(), from + ITEMS_PER_ELEMENT)));
            elements.add(new Element(measured ? checkpoint + MORE + digest(order) : checkpoint, order));
            measured = true;
        }
        return elements;
    }

    private static String digest(EvaluateModelOrder order) {
        return Sha256.of(Json.bytes(order)).substring(0, DIGITS);
    }
}
