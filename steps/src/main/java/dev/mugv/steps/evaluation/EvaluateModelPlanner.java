package dev.mugv.steps.evaluation;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.training.EncodedLatents;
import dev.mugv.steps.training.StageInputs;
import dev.mugv.steps.training.TrainingClips;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.List;

/** Plans the evaluation of several checkpoints on the same grid, prompts and start noise, so that they compare. */
public final class EvaluateModelPlanner implements WorkPlanner {
    public static final String STEP = "evaluate-models";

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
     */
    public record Subject(
            StageInputs inputs,
            EncodedLatents latents,
            TextConfiguration text,
            List<EvaluatedCheckpoint> checkpoints,
            String vaeStep) {
        public Subject {
            checkpoints = List.copyOf(checkpoints);
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
        List<WorkItem> work = new ArrayList<>();
        for (EvaluatedCheckpoint checkpoint : subject.checkpoints()) {
            EvaluateModelOrder order = new EvaluateModelOrder(
                    checkpoint.name(),
                    List.of(clips.validationGrid(STEP, evaluation.shape(), evaluation)),
                    settings,
                    asked);
            List<ArtifactRef> refs = new ArrayList<>();
            refs.add(subject.inputs().single(checkpoint.step(), STEP));
            refs.add(subject.inputs().single(subject.vaeStep(), STEP));
            refs.addAll(subject.latents().shards(STEP));
            work.add(new WorkItem(checkpoint.name(), TaskKind.EVALUATE_MODEL, Json.tree(order), refs, resources));
        }
        return work;
    }
}
