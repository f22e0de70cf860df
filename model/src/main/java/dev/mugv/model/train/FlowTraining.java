package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.WidthScaling;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.parallel.SampleFigures;
import dev.mugv.model.tensor.ParameterSet;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rectified flow on real latents: the stages of the curriculum, and SFT. */
final class FlowTraining implements Trainable {
    private final DiffusionTransformer model;
    private final FlowMatching flow;
    private final HeldParameters held;
    private final NDManager scope;
    private final FlowSampler sampler;
    private final FlowStep step;
    private final ValidationLoss validation;
    private final TrainingStage stage;
    private final Ranks ranks;
    private TimeSplit split = new TimeSplit();

    FlowTraining(DitModel model, FlowSampler sampler, ValidationLoss validation, TrainingStage stage, Ranks ranks) {
        this.model = model.transformer();
        this.flow = model.flow();
        this.held = model.trained();
        this.scope = model.scope();
        this.sampler = sampler;
        this.step = new FlowStep(this.model, flow, stage.captionDropout().table(), scope);
        this.validation = validation;
        this.stage = stage;
        this.ranks = ranks;
    }

    @Override
    public ParameterSet parameters() {
        return model.parameters();
    }

    @Override
    public HeldParameters held() {
        return held;
    }

    @Override
    public BatchMeasure addGradients(long update, GradientSum sum) {
        FlowStep.Share share = new FlowStep.Share(stage.batch(), 1);
        SampleFigures figures = new SampleFigures(stage.batch(), 3);
        for (List<Integer> part : sum.parts(stage.batch())) {
            List<FlowSample> samples = split.measure(TimeSplit.Part.DATA, () -> sampler.samples(update, part));
            sum.begin();
            // Of a model that several ranks hold, nothing is complete before they have summed what they share.
            boolean overlaps = sum.isLast() && model.share().isWhole();
            FlowStep.Measure measure =
                    step.addGradients(samples, share, overlaps ? model.whenComplete(sum::complete) : piece -> {});
            model.sumSharedGradients();
            sum.end();
            figures.put(part.get(0), measure.loss(), measure.tokens(), measure.flops());
        }
        double[] totals = figures.totals(ranks);
        return new BatchMeasure(totals[0], sampler.clips(update), (long) totals[1], totals[2], planned(update));
    }

    /** What the packing promises, to be held against the measured idle share. */
    private Map<String, Double> planned(long update) {
        return stage.batching().costs().isEmpty() || ranks.size() == 1
                ? Map.of()
                : Map.of("planned-idle-share", sampler.idleShare(update, ranks.size()));
    }

    @Override
    public SortedMap<String, Double> rateFactors() {
        return stage.optimizer()
                .baseWidth()
                .map(width -> WidthScaling.rateFactors(model.size(), width))
                .orElseGet(TreeMap::new);
    }

    @Override
    public void bookTime(TimeSplit where) {
        split = where;
    }

    @Override
    public void parametersChanged() {
        model.parametersChanged();
    }

    @Override
    public double validationLoss() {
        return validation.of(model, flow, scope, ranks);
    }

    @Override
    public List<Double> validationLosses() {
        return Arrays.stream(validation.each(model, flow, scope, ranks)).boxed().toList();
    }
}
