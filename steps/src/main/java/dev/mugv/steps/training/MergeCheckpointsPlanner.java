package dev.mugv.steps.training;

import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.config.FinetuningConfiguration;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.MergeCheckpointsOrder;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans the merging of the SFT stage's checkpoints, with what is tried on the validation grid, if anything is. */
public final class MergeCheckpointsPlanner implements WorkPlanner {
    private final Steps steps;
    private final FinetuningConfiguration finetune;
    private final EvaluationConfiguration evaluation;
    private final StageInputs inputs;
    private final TrainingClips clips;
    private final WorkResources resources;

    /**
     * @param step this step
     * @param trainingStep step whose checkpoints are merged
     */
    public record Steps(String step, String trainingStep) {}

    // Six parameters because each is a source of what the order says.
    public MergeCheckpointsPlanner(
            Steps steps,
            FinetuningConfiguration finetune,
            EvaluationConfiguration evaluation,
            StageInputs inputs,
            TrainingClips clips,
            WorkResources resources) {
        this.steps = steps;
        this.finetune = finetune;
        this.evaluation = evaluation;
        this.inputs = inputs;
        this.clips = clips;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        List<ArtifactRef> refs = new ArrayList<>(List.of(inputs.single(steps.trainingStep(), steps.step())));
        Optional<MergeCheckpointsOrder.Exploration> exploration = Optional.empty();
        if (finetune.explores()) {
            List<ShapePhase> phases = finetune.stage().phases();
            VideoShape shape = phases.get(phases.size() - 1).shape();
            exploration = Optional.of(new MergeCheckpointsOrder.Exploration(
                    finetune.exploredDecays(),
                    finetune.exploredLengths(),
                    clips.validationGrid(steps.step(), shape, evaluation)));
            refs.addAll(inputs.all(EncodeLatentsPlanner.STEP, steps.step()));
        }
        MergeCheckpointsOrder order =
                new MergeCheckpointsOrder(finetune.mergeDecay(), finetune.mergedCheckpoints(), exploration);
        return List.of(new WorkItem(steps.step(), TaskKind.MERGE_CHECKPOINTS, Json.tree(order), refs, resources));
    }
}
