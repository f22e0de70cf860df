package dev.mugv.steps.training;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainModelOrder.Objective;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Plans one training of the diffusion transformer: a stage of the curriculum, SFT, or a preference stage. */
public final class TrainModelPlanner implements WorkPlanner {
    private final Stage stage;
    private final StageInputs inputs;
    private final TrainingClips clips;
    private final EvaluationConfiguration evaluation;
    private final WorkResources resources;
    private final ParallelMode mode;

    // Six parameters because each is a source of what the order says.
    public TrainModelPlanner(
            Stage stage,
            StageInputs inputs,
            TrainingClips clips,
            EvaluationConfiguration evaluation,
            WorkResources resources,
            ParallelMode mode) {
        this.stage = stage;
        this.inputs = inputs;
        this.clips = clips;
        this.evaluation = evaluation;
        this.resources = resources;
        this.mode = mode;
    }

    /**
     * What a stage trains.
     *
     * @param step the Spring Batch step
     * @param size size of the model
     * @param objective made at planning time, since labels exist only then
     * @param validationShape shape of the validation grid: the last one trained on
     * @param initialStep step whose artifact the weights come from; empty for weights drawn from the seed
     * @param furtherSteps steps whose artifacts are labelled samples or pairs, or the search that values come from
     * @param trainingClips clips with their weights, asked at planning time
     */
    public record Stage(
            String step,
            DitSize size,
            Supplier<Objective> objective,
            VideoShape validationShape,
            Optional<String> initialStep,
            List<String> furtherSteps,
            Supplier<List<WeightedClip>> trainingClips) {}

    @Override
    public List<WorkItem> plan() {
        TrainModelOrder order = new TrainModelOrder(
                stage.size(),
                stage.objective().get(),
                stage.trainingClips().get(),
                clips.validationGrid(stage.step(), stage.validationShape(), evaluation),
                mode);
        List<ArtifactRef> refs = new ArrayList<>();
        stage.initialStep().ifPresent(step -> refs.add(inputs.single(step, stage.step())));
        refs.addAll(inputs.all(EncodeLatentsPlanner.STEP, stage.step()));
        stage.furtherSteps().forEach(step -> refs.addAll(inputs.all(step, stage.step())));
        return List.of(new WorkItem(stage.step(), TaskKind.TRAIN_MODEL, Json.tree(order), refs, resources));
    }
}
