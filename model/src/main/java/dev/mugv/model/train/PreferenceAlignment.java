package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.TrainModelOrder.Preference;
import dev.mugv.model.tensor.ParameterSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * DPO or KTO on labelled samples against a frozen reference, with the flow-matching loss on real latents as regulariser
 * (mugv.md, section 5.6).
 */
final class PreferenceAlignment implements Trainable {
    private final DitModel model;
    private final DitModel reference;
    private final PreferenceTraining training;
    private final PreferenceLoss loss;
    private final PreferenceSampler sampler;
    private final PreferenceGrid grid;
    private final FlowSampler regulariserSampler;
    private final FlowStep regulariser;
    private final ValidationLoss validation;

    /**
     * Everything a preference stage reads.
     *
     * @param objective what to train
     * @param labels the labels file's content
     * @param library their samples
     * @param regulariserSampler real latents
     * @param validation flow-matching loss on real, held-out latents
     * @param grid where preferences are measured
     */
    record Data(
            Preference objective,
            PreferenceLabels labels,
            PreferenceLibrary library,
            FlowSampler regulariserSampler,
            ValidationLoss validation,
            PreferenceGrid grid) {}

    /**
     * @param reference the model before this stage; not changed
     */
    PreferenceAlignment(DitModel model, DitModel reference, Data data) {
        this.model = model;
        this.reference = reference;
        this.training = data.objective().training();
        this.loss = switch (training.loss()) {
            case DPO -> new PreferenceLoss.DirectPreference(training.beta());
            case KTO -> new PreferenceLoss.KahnemanTversky(training.beta());
        };
        this.sampler = new PreferenceSampler(training, data.objective().shape(), data.labels(), data.library());
        this.grid = data.grid();
        this.regulariserSampler = data.regulariserSampler();
        this.regulariser = new FlowStep(model.transformer(), model.flow(), model.scope());
        this.validation = data.validation();
    }

    @Override
    public ParameterSet parameters() {
        return model.parameters();
    }

    @Override
    public BatchMeasure addGradients(long update) {
        List<FlowSample> samples = sampler.samples(update);
        List<String> ids = new ArrayList<>(samples.stream().map(FlowSample::id).toList());
        Passes passes = addPreferenceGradients(samples);
        double sftLoss = 0;
        long tokens = passes.tokens();
        double flops = passes.flops();
        if (training.sftWeight() > 0) {
            List<FlowSample> real = regulariserSampler.samples(update);
            real.forEach(sample -> ids.add(sample.id()));
            FlowStep.Measure measure = regulariser.addGradients(real, training.sftWeight());
            sftLoss = measure.loss();
            tokens += measure.tokens();
            flops += measure.flops();
        }
        return new BatchMeasure(
                passes.value().loss() + training.sftWeight() * sftLoss,
                ids,
                tokens,
                flops,
                Map.of("preference-loss", passes.value().loss(), "sft-loss", sftLoss));
    }

    @Override
    public void parametersChanged() {
        model.transformer().parametersChanged();
    }

    @Override
    public double validationLoss() {
        return validation.of(model.transformer(), model.flow(), model.scope());
    }

    @Override
    public Map<String, Double> finalFigures() {
        return grid.figures(sample -> {
            double[] own = errors(model, List.of(sample));
            return own[0] - errors(reference, List.of(sample))[0];
        });
    }

    private record Passes(PreferenceLoss.Value value, long tokens, double flops) {}

    private Passes addPreferenceGradients(List<FlowSample> samples) {
        double[] referenceError_B = errors(reference, samples);
        DiffusionTransformer transformer = model.transformer();
        try (NDManager local = model.scope().newSubManager()) {
            FlowBatch batch = FlowBatch.of(samples, model.size(), local);
            try (FlowPass pass = batch.pass(transformer, model.flow(), equal(samples), local)) {
                double[] delta_B = pass.loss().samples();
                for (int b = 0; b < delta_B.length; b++) {
                    delta_B[b] -= referenceError_B[b];
                }
                PreferenceLoss.Value value = loss.of(delta_B);
                pass.backward(value.gradient_B());
                // The reference runs forward only, a third of forward and backward.
                return new Passes(value, batch.tokens(), batch.flops(model.size()) * 4 / 3);
            }
        }
    }

    private static double[] errors(DitModel of, List<FlowSample> samples) {
        try (NDManager local = of.scope().newSubManager()) {
            FlowBatch batch = FlowBatch.of(samples, of.size(), local);
            return batch.loss(of.transformer(), of.flow(), equal(samples), local)
                    .samples();
        }
    }

    private static List<Double> equal(List<FlowSample> samples) {
        return Collections.nCopies(samples.size(), 1.0);
    }
}
