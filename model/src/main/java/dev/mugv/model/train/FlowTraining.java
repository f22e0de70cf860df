package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.tensor.ParameterSet;
import java.util.List;
import java.util.Map;

/** Rectified flow on real latents: the stages of the curriculum, and SFT. */
final class FlowTraining implements Trainable {
    private final DiffusionTransformer model;
    private final FlowMatching flow;
    private final NDManager scope;
    private final FlowSampler sampler;
    private final FlowStep step;
    private final ValidationLoss validation;

    FlowTraining(
            DitModel model, TrainingStage stage, List<WeightedClip> clips, ValidationGrid grid, LatentLibrary latents) {
        this.model = model.transformer();
        this.flow = model.flow();
        this.scope = model.scope();
        this.sampler = new FlowSampler(stage, clips, latents);
        this.step = new FlowStep(this.model, flow, scope);
        this.validation = new ValidationLoss(grid, latents);
    }

    @Override
    public ParameterSet parameters() {
        return model.parameters();
    }

    @Override
    public BatchMeasure addGradients(long update) {
        List<FlowSample> samples = sampler.samples(update);
        FlowStep.Measure measure = step.addGradients(samples, 1);
        return new BatchMeasure(
                measure.loss(),
                samples.stream().map(FlowSample::id).toList(),
                measure.tokens(),
                measure.flops(),
                Map.of());
    }

    @Override
    public void parametersChanged() {
        model.parametersChanged();
    }

    @Override
    public double validationLoss() {
        return validation.of(model, flow, scope);
    }
}
