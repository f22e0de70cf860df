package dev.mugv.steps.evaluation;

import dev.mugv.model.config.VaeConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EvaluateVaeOrder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.training.StageInputs;
import dev.mugv.steps.training.TrainingClips;
import dev.mugv.steps.training.VaePlanner;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.util.ArrayList;
import java.util.List;

/** Plans the reconstruction of held-out clips, at every shape that the VideoVAE is measured at. */
public final class EvaluateVaePlanner implements WorkPlanner {
    public static final String STEP = "evaluate-vae";

    private final Subject subject;
    private final StageInputs inputs;
    private final TrainingClips clips;
    private final WorkResources resources;

    /**
     * What is measured.
     *
     * @param shape that generated videos have; measured alone where the configuration names no shapes
     * @param vae its configuration
     * @param vaeStep step that made it
     * @param links names of given files
     */
    public record Subject(VideoShape shape, VaeConfiguration vae, String vaeStep, ContentLinks links) {
        List<VideoShape> shapes() {
            return vae.evaluatedShapes().isEmpty() ? List.of(shape) : vae.evaluatedShapes();
        }
    }

    public EvaluateVaePlanner(Subject subject, StageInputs inputs, TrainingClips clips, WorkResources resources) {
        this.subject = subject;
        this.inputs = inputs;
        this.clips = clips;
        this.resources = resources;
    }

    @Override
    public List<WorkItem> plan() {
        List<EvaluateVaeOrder.Shape> shapes = new ArrayList<>();
        for (VideoShape shape : subject.shapes()) {
            List<ClipSource> heldOut =
                    clips.heldOut(shape).stream().map(CatalogedClip::source).toList();
            if (heldOut.isEmpty()) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot plan '%s': no held-out clip is long enough for %d frames at %s frames a second. Shorten the shape in 'vae.evaluated-shapes' or add longer videos."
                                .formatted(STEP, shape.frames(), shape.fps()));
            }
            shapes.add(new EvaluateVaeOrder.Shape(shape, heldOut));
        }
        EvaluateVaeOrder order =
                new EvaluateVaeOrder(shapes, VaePlanner.perceptualNetwork(subject.vae(), subject.links()));
        return List.of(new WorkItem(
                STEP,
                TaskKind.EVALUATE_VAE,
                Json.tree(order),
                List.of(inputs.single(subject.vaeStep(), STEP)),
                resources));
    }
}
