package dev.mugv.steps.evaluation;

import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.StageCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a run has evaluated before, for a plan that asks anew only for what it has not. An element is still what it was if it was made by
 * the same code, from the same checkpoint, VideoVAE and latents, with the same sampler; then the same order finds it up to date.
 */
public final class EarlierEvaluations {
    private final EarlierWork work;

    /** @param codeVersion of the task, asked when there is something to compare it with */
    public EarlierEvaluations(StageCatalog stages, String run, ArtifactStore store, Supplier<String> codeVersion) {
        this.work = new EarlierWork(stages, new EarlierWork.Place(run, EvaluateModelPlanner.STEP), store, codeVersion);
    }

    /**
     * An element of an earlier plan.
     *
     * @param label its name within the step
     * @param order what it was asked
     */
    record Element(String label, EvaluateModelOrder order) {}

    /** Elements of a checkpoint that would be found up to date, in the order of their plan. */
    List<Element> of(String checkpoint, GenerationSettings settings, List<ArtifactRef> inputs) {
        List<Element> elements = new ArrayList<>();
        for (EarlierWork.Left left : work.of(EvaluateModelOrder.FILE_NAME, inputs)) {
            if (isOf(checkpoint, left.label())) {
                EvaluateModelOrder order = Json.read(left.order(), EvaluateModelOrder.class);
                if (order.settings().equals(settings)) {
                    elements.add(new Element(left.label(), order));
                }
            }
        }
        return elements;
    }

    /** Whether an element of the step is one of a checkpoint's. */
    static boolean isOf(String checkpoint, String label) {
        return label.equals(checkpoint) || label.startsWith(checkpoint + EvaluateModelPlanner.MORE);
    }

    /** Forgets elements that the plan no longer has. */
    void retain(List<String> labels) {
        work.retain(labels);
    }
}
