package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.format.TrainModelOrder.Preference;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.parallel.SampleFigures;
import dev.mugv.model.tensor.ParameterSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * DPO, KTO and RDPO on labelled samples and pairs against a frozen reference, with the flow-matching loss on real latents as
 * regulariser (mugv.md, section 5.6). Each batch is for one loss. Frames that are given clean are in no error, and so in no loss.
 */
final class PreferenceAlignment implements Trainable {
    private final DitModel model;
    private final DitModel reference;
    private final PreferenceTraining training;
    private final PreferenceSampler sampler;
    private final PreferenceGrid grid;
    private final FlowSampler regulariserSampler;
    private final FlowStep regulariser;
    private final ValidationLoss validation;
    private final Ranks ranks;

    /**
     * Everything a preference stage reads.
     *
     * @param objective what to train
     * @param sources labels and pairs
     * @param library their samples
     * @param regulariserSampler real latents
     * @param validation flow-matching loss on real, held-out latents
     * @param grid where preferences are measured
     */
    record Data(
            Preference objective,
            PreferenceSources sources,
            PreferenceLibrary library,
            FlowSampler regulariserSampler,
            ValidationLoss validation,
            PreferenceGrid grid) {}

    /**
     * @param reference the model before this stage; not changed
     */
    PreferenceAlignment(DitModel model, DitModel reference, Data data, Ranks ranks) {
        this.ranks = ranks;
        this.model = model;
        this.reference = reference;
        this.training = data.objective().training();
        this.sampler = new PreferenceSampler(training, data.objective().shape(), data.sources(), data.library());
        this.grid = data.grid();
        this.regulariserSampler = data.regulariserSampler();
        this.regulariser = new FlowStep(model.transformer(), model.flow(), CaptionDropout.Table.FIXED, model.scope());
        this.validation = data.validation();
    }

    @Override
    public ParameterSet parameters() {
        return model.parameters();
    }

    @Override
    public HeldParameters held() {
        return model.trained();
    }

    @Override
    public BatchMeasure addGradients(long update, GradientSum sum) {
        List<List<Integer>> parts = sum.parts(training.batch());
        List<OpenPart> open = new ArrayList<>();
        try {
            double[] delta_B = new double[sampler.samplesOfBatch(update)];
            for (List<Integer> part : parts) {
                OpenPart opened = open(update, part);
                open.add(opened);
                opened.scatter(delta_B);
            }
            // The loss of a sample depends on others of its batch, so all ranks compute all of it.
            PreferenceLoss.Value value = loss(update).of(ranks.sums(delta_B));
            SampleFigures figures = new SampleFigures(training.batch(), 3);
            for (OpenPart part : open) {
                sum.begin();
                FlowStep.Measure measure = addGradients(update, part, value, sum);
                model.transformer().sumSharedGradients();
                sum.end();
                figures.put(part.slots().get(0), measure.loss(), measure.tokens(), measure.flops());
            }
            return measure(update, value, figures.totals(ranks));
        } finally {
            open.forEach(OpenPart::close);
        }
    }

    private PreferenceLoss loss(long update) {
        return switch (sampler.loss(update)) {
            case DPO, RDPO -> new PreferenceLoss.DirectPreference(training.beta());
            case KTO -> new PreferenceLoss.KahnemanTversky(training.beta());
        };
    }

    /** Samples that are computed together, on their way from loss to gradient. */
    private record OpenPart(
            List<Integer> slots,
            List<Integer> places,
            double[] delta_B,
            FlowBatch batch,
            FlowPass pass,
            NDManager scope)
            implements AutoCloseable {
        void scatter(double[] all_B) {
            for (int b = 0; b < delta_B.length; b++) {
                all_B[places.get(b)] = delta_B[b];
            }
        }

        double[] own(double[] all_B) {
            return places.stream().mapToDouble(place -> all_B[place]).toArray();
        }

        @Override
        public void close() {
            pass.close();
            scope.close();
        }
    }

    private OpenPart open(long update, List<Integer> slots) {
        List<FlowSample> samples = sampler.samples(update, slots);
        double[] referenceError_B = errors(reference, samples);
        NDManager local = model.scope().newSubManager();
        FlowBatch batch = FlowBatch.of(samples, model.size(), local);
        FlowPass pass =
                batch.pass(model.transformer(), model.flow(), equal(samples), CaptionDropout.Table.FIXED, local);
        double[] delta_B = model.transformer()
                .fromLastStage(pass.loss().map(FlowMatching.Loss::samples).orElseGet(() -> new double[samples.size()]));
        for (int b = 0; b < delta_B.length; b++) {
            delta_B[b] -= referenceError_B[b];
        }
        return new OpenPart(slots, sampler.places(update, slots), delta_B, batch, pass, local);
    }

    /** Adds what a part has of preferences and regulariser; the loss is the regulariser's. */
    private FlowStep.Measure addGradients(long update, OpenPart part, PreferenceLoss.Value value, GradientSum sum) {
        boolean regularised = training.sftWeight() > 0;
        boolean overlaps = sum.isLast() && model.transformer().share().isWhole();
        Consumer<String> complete = overlaps ? model.transformer().whenComplete(sum::complete) : piece -> {};
        part.pass().backward(part.own(value.gradient_B()), regularised ? piece -> {} : complete, part.scope());
        // The reference runs forward only, a third of forward and backward.
        double flops = part.batch().flops(model.size()) * 4 / 3;
        if (!regularised) {
            return new FlowStep.Measure(0, part.batch().tokens(), flops);
        }
        FlowStep.Measure real = regulariser.addGradients(
                regulariserSampler.samples(update, part.slots()),
                new FlowStep.Share(training.batch(), training.sftWeight()),
                complete);
        return new FlowStep.Measure(real.loss(), part.batch().tokens() + real.tokens(), flops + real.flops());
    }

    private BatchMeasure measure(long update, PreferenceLoss.Value value, double[] totals) {
        List<String> ids = new ArrayList<>(sampler.ids(update));
        if (training.sftWeight() > 0) {
            ids.addAll(regulariserSampler.clips(update));
        }
        return new BatchMeasure(
                value.loss() + training.sftWeight() * totals[0],
                ids,
                (long) totals[1],
                totals[2],
                figures(update, value.loss(), totals[0]));
    }

    /** The preference loss under its own name too, where batches of several are drawn. */
    private Map<String, Double> figures(long update, double preference, double real) {
        Map<String, Double> figures = new HashMap<>(Map.of("preference-loss", preference, "sft-loss", real));
        if (training.losses().size() > 1) {
            figures.put(sampler.loss(update).name().toLowerCase(Locale.ROOT) + "-loss", preference);
        }
        return figures;
    }

    @Override
    public void parametersChanged() {
        model.transformer().parametersChanged();
    }

    @Override
    public double validationLoss() {
        return validation.of(model.transformer(), model.flow(), model.scope(), ranks);
    }

    @Override
    public Map<String, Double> finalFigures() {
        return grid.figures(sample -> {
            double[] own = errors(model, List.of(sample));
            return own[0] - errors(reference, List.of(sample))[0];
        });
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
