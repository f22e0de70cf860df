package dev.mugv.model.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.GuidanceClamp;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitInput;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.tensor.WeightFormula;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sampler (mugv.md, section 4.2) against the same arithmetic written out here in double, one branch at a time. */
class EulerSamplerTest {
    private static final DitSize SIZE = new DitSize(72, 1, 8, 9);
    private static final int CHANNELS = 24;
    private static final int FRAMES = 3;
    private static final int AREA = 4 * 6;
    private static final Shape LATENT = new Shape(1, CHANNELS, FRAMES, 4, 6);
    /** Unshifted timesteps 1, 0.75, 0.5 and 0.25: each of the three rules of the clamp applies. */
    private static final int STEPS = 4;

    private static final TimestepShift SHIFT = new TimestepShift(1);
    private static final double SCALE = 3;
    /** Four fp32 steps of a batch of two against a batch of one each: the golden tolerance, four times. */
    private static final double TOLERANCE = 4 * Golden.OUTPUT;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private final float[] latent = gaussian("latent", (int) LATENT.size());
    private final float[] noise = gaussian("noise", (int) LATENT.size());
    private ParameterSet parameters;
    private DiffusionTransformer model;

    @BeforeEach
    void makeModel() {
        parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE));
        WeightFormula.fill(parameters);
        model = new DiffusionTransformer(SIZE, parameters);
    }

    @AfterEach
    void close() {
        model.close();
        parameters.close();
        scope.close();
    }

    @Test
    void plainGuidanceIsTheFormula() {
        requireAgreement(Guidance.ofScale(SCALE), Set.of(0), 0);
    }

    @Test
    void rescalingBringsBackTheCaptionsDeviationInPart() {
        requireAgreement(new Guidance(SCALE, 0.7, GuidanceClamp.NONE), Set.of(0), 0);
        requireAgreement(new Guidance(SCALE, 1, GuidanceClamp.NONE), Set.of(), 0);
    }

    @Test
    void theClampLimitsTwoChannelsByQuantileFloorAndCeiling() {
        Reference reference = requireAgreement(new Guidance(SCALE, 0, GuidanceClamp.DYNAMIC), Set.of(0), 0);
        // Two channels of 72 values: a quantile of 0.98 leaves 2 over it each, one of 0.95 leaves 4.
        assertThat(reference.limited).hasSize(STEPS);
        assertThat(reference.limited.get(0)).isBetween(1, 4);
        assertThat(reference.limited.get(1)).isGreaterThanOrEqualTo(4);
        assertThat(reference.limited.get(3)).isGreaterThanOrEqualTo(8);
    }

    @Test
    void clampAndRescaleWorkTogether() {
        requireAgreement(new Guidance(SCALE, 0.5, GuidanceClamp.DYNAMIC), Set.of(2), 0);
        // A clamped difference does not drop out at scale 1.
        requireAgreement(new Guidance(1, 0, GuidanceClamp.DYNAMIC), Set.of(), 0);
    }

    @Test
    void aStartStepMixesItsNoiseIntoTheLatentAndLeavesEarlierStepsOut() {
        requireAgreement(Guidance.ofScale(SCALE), Set.of(), 2);
        requireAgreement(Guidance.ofScale(SCALE), Set.of(1), 3);
        try (EulerSampler sampler = new EulerSampler(model, STEPS, 1)) {
            assertThatThrownBy(() -> sampler.sample(request(Set.of(), STEPS), scope))
                    .hasMessageContaining("expected a start step under 4, found 4");
        }
    }

    @Test
    void anySubsetOfLatentFramesStaysAsGiven() {
        for (Set<Integer> given : List.of(Set.of(1), Set.of(0, 2), Set.of(0, 1))) {
            requireAgreement(Guidance.ofScale(SCALE), given, 0);
        }
    }

    @Test
    void whoWaitsHearsOfEveryStep() {
        List<Integer> heard = new ArrayList<>();
        try (EulerSampler sampler = new EulerSampler(model, STEPS, 1)) {
            sampler.sample(request(Set.of(), 1), scope, heard::add);
        }
        assertThat(heard).containsExactly(2, 3, 4);
    }

    private Reference requireAgreement(Guidance guidance, Set<Integer> given, int startStep) {
        Reference reference = new Reference(guidance, given, startStep);
        double[] expected = reference.sample();
        try (EulerSampler sampler = new EulerSampler(model, STEPS, guidance)) {
            float[] found = sampler.sample(request(given, startStep), scope).toFloatArray();
            Golden.requireClose(guidance + " " + given + " " + startStep, found, floats(expected), TOLERANCE);
            for (int i = 0; i < found.length; i++) {
                if (given.contains(i / AREA % FRAMES)) {
                    assertThat(found[i]).isEqualTo(latent[i]);
                }
            }
        }
        return reference;
    }

    /** The specification's arithmetic. */
    private final class Reference {
        private final Guidance guidance;
        private final Set<Integer> given;
        private final int startStep;
        /** Values that the clamp changed, step by step. */
        private final List<Integer> limited = new ArrayList<>();

        Reference(Guidance guidance, Set<Integer> given, int startStep) {
            this.guidance = guidance;
            this.given = given;
            this.startStep = startStep;
        }

        double[] sample() {
            double start = 1 - startStep / (double) STEPS;
            double[] z = new double[latent.length];
            for (int i = 0; i < z.length; i++) {
                z[i] = isGiven(i) ? latent[i] : (1 - start) * latent[i] + start * noise[i];
            }
            for (int step = startStep; step < STEPS; step++) {
                double t = 1 - step / (double) STEPS;
                double[] caption = velocity(z, t, text("caption", 5), given);
                double[] negative = velocity(z, t, text("negative", 3), given);
                double[] delta = difference(caption, negative);
                if (guidance.clamp() == GuidanceClamp.DYNAMIC) {
                    limited.add(limit(delta, 1000 * t));
                }
                double[] v = new double[z.length];
                for (int i = 0; i < v.length; i++) {
                    v[i] = negative[i] + guidance.scale() * delta[i];
                }
                double ratio = deviation(caption) / deviation(v);
                for (int i = 0; i < z.length; i++) {
                    double rescaled = guidance.rescale() * v[i] * ratio + (1 - guidance.rescale()) * v[i];
                    z[i] = isGiven(i) ? latent[i] : z[i] + rescaled / STEPS;
                }
            }
            return z;
        }

        private boolean isGiven(int i) {
            return given.contains(i / AREA % FRAMES);
        }

        private int limit(double[] delta, double thousandths) {
            int changed = 0;
            for (int channel : new int[] {4, 8}) {
                int from = channel * FRAMES * AREA;
                double[] magnitudes = Arrays.stream(delta, from, from + FRAMES * AREA)
                        .map(Math::abs)
                        .sorted()
                        .toArray();
                double quantile = quantile(magnitudes, thousandths > 400 ? 0.98 : 0.95);
                double bound = thousandths > 950 ? Math.max(quantile, 0.15) : Math.min(quantile, 0.15);
                for (int i = from; i < from + FRAMES * AREA; i++) {
                    changed += Math.abs(delta[i]) > bound ? 1 : 0;
                    delta[i] = Math.max(-bound, Math.min(bound, delta[i]));
                }
            }
            return changed;
        }
    }

    /** Between the two nearest values, in proportion. */
    private static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** With n − 1, as the published code's. */
    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private double[] velocity(double[] z, double t, NDArray text_SD, Set<Integer> given) {
        DitCondition condition = new DitCondition(1000 * t, 30, given, DitCondition.consecutive(FRAMES), (int)
                text_SD.getShape().get(0));
        NDArray latent_BCFHW = EngineMemory.array(scope, LATENT, floats(z));
        float[] output =
                Autograd.unrecorded(() -> model.velocity(new DitInput(latent_BCFHW, text_SD, List.of(condition)), scope)
                        .toFloatArray());
        double[] first = new double[z.length];
        for (int i = 0; i < first.length; i++) {
            first[i] = output[i];
        }
        return first;
    }

    private SamplingRequest request(Set<Integer> given, int startStep) {
        return new SamplingRequest(
                EngineMemory.array(scope, LATENT, latent),
                EngineMemory.array(scope, LATENT, noise),
                given,
                text("caption", 5),
                text("negative", 3),
                DitCondition.consecutive(FRAMES),
                30,
                SHIFT,
                startStep);
    }

    private NDArray text(String purpose, int tokens) {
        return EngineMemory.array(
                scope, new Shape(tokens, SIZE.textWidth()), gaussian(purpose, tokens * SIZE.textWidth()));
    }

    private static float[] gaussian(String purpose, int count) {
        float[] values = new float[count];
        CounterNoise.of(7, purpose).fillGaussian(values);
        return values;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
