package dev.mugv.steps.evaluation;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.EvaluateVaeOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.training.StageInputs;
import dev.mugv.steps.training.TrainingClips;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.List;

/** Plans the reconstruction of held-out clips. */
public final class EvaluateVaePlanner implements WorkPlanner {
    public static final String STEP = "evaluate-vae";

    private final VideoShape shape;
    private final String vaeStep;
    private final StageInputs inputs;
    private final TrainingClips clips;
    private final WorkResources resources;

    public EvaluateVaePlanner(
            VideoShape shape, String vaeStep, StageInputs inputs, TrainingClips clips, WorkResources resources) {
        this.shape = shape;
        this.vaeStep = vaeStep;
        this.inputs = inputs;
        this.clips = clips;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        EvaluateVaeOrder order = new EvaluateVaeOrder(
                shape, clips.heldOut(shape).stream().map(CatalogedClip::source).toList());
        return List.of(new WorkItem(
                STEP, TaskKind.EVALUATE_VAE, Json.tree(order), List.of(inputs.single(vaeStep, STEP)), resources));
    }
}
