package dev.mugv.model.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every rule of the objective (mugv.md, section 4.1) against sums written out here. */
class FlowMatchingTest {
    private static final int CHANNELS = 24;
    private static final int FRAMES = 3;
    private static final int AREA = 4;
    private static final Shape LATENT = new Shape(2, CHANNELS, FRAMES, 2, 2);
    /** fp32 sums of a few hundred terms against sums in double. */
    private static final double ROUNDING = 1e-5;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private final FlowMatching flow = new FlowMatching();

    private final float[] latent = gaussian("latent", 2 * CHANNELS * FRAMES * AREA);
    private final float[] noise = gaussian("noise", 2 * CHANNELS * FRAMES * AREA);
    /** The first sample's frames 0 and 2 are given; the second sample has none. */
    private final List<DitCondition> conditions = List.of(condition(600, Set.of(0, 2)), condition(250, Set.of()));

    @AfterEach
    void close() {
        flow.close();
        scope.close();
    }

    @Test
    void noisyFramesAreMixedAtTheirTimestepAndGivenOnesStayAsTheyAre() {
        float[] mixed = flow.noisy(array(LATENT, latent), array(LATENT, noise), conditions, scope)
                .toFloatArray();
        for (int i = 0; i < mixed.length; i++) {
            int sample = i / (CHANNELS * FRAMES * AREA);
            int frame = i / AREA % FRAMES;
            double t = sample == 0 ? 0.6 : 0.25;
            boolean given = sample == 0 && frame != 1;
            double expected = given ? latent[i] : (1 - t) * latent[i] + t * noise[i];
            assertThat((double) mixed[i]).isCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void theLossIsAMeanOverUnmaskedFramesThenOverSamplesAndIgnoresTheSecondHalfOfTheChannels() {
        Shape output = new Shape(2, 2 * CHANNELS, FRAMES, 2, 2);
        float[] velocity = gaussian("velocity", (int) output.size());
        FlowTarget target = new FlowTarget(array(LATENT, latent), array(LATENT, noise), conditions);
        FlowMatching.Loss loss = flow.loss(array(output, velocity), target, List.of(1.0, 1.0), scope);

        double[] sums = new double[2];
        long[] counts = new long[2];
        for (int i = 0; i < latent.length; i++) {
            int sample = i / (CHANNELS * FRAMES * AREA);
            int frame = i / AREA % FRAMES;
            if (sample == 0 && frame != 1) {
                continue;
            }
            // The output has twice the channels, of which the first half counts.
            double found = velocity[i + sample * CHANNELS * FRAMES * AREA];
            double error = found - ((double) latent[i] - noise[i]);
            sums[sample] += error * error;
            counts[sample]++;
        }
        double first = sums[0] / counts[0];
        double second = sums[1] / counts[1];
        assertThat(counts).containsExactly(CHANNELS * AREA, CHANNELS * FRAMES * AREA);
        float[] samples = loss.sample_B().toFloatArray();
        assertThat((double) samples[0]).isCloseTo(first, within(ROUNDING * first));
        assertThat((double) samples[1]).isCloseTo(second, within(ROUNDING * second));
        // The mean of the two means, not the mean over all unmasked frames of the batch.
        double expected = (first + second) / 2;
        assertThat((double) loss.mean().getFloat()).isCloseTo(expected, within(ROUNDING * expected));
        assertThat(expected).isNotCloseTo((sums[0] + sums[1]) / (counts[0] + counts[1]), within(ROUNDING));
    }

    /** One value at a time; the loss is a square, so that differences to both sides are exact but for rounding. */
    @Test
    void theVelocitysGradientIsThatOfTheSamplesLosses() {
        Shape shape = new Shape(2, CHANNELS, FRAMES, 2, 2);
        float[] velocity = gaussian("velocity", (int) shape.size());
        Shape whole = new Shape(2, 2L * CHANNELS, FRAMES, 2, 2);
        FlowTarget target = new FlowTarget(
                array(shape, gaussian("latent", (int) shape.size())),
                array(shape, gaussian("noise", (int) shape.size())),
                List.of(condition(500, Set.of(0, 2)), condition(500, Set.of())));
        int half = CHANNELS * FRAMES * AREA;
        int[] places = {0, AREA, half - 1, 2 * half + 5};
        double[] weights = {0.7, -0.2};
        float[] output = new float[4 * half];
        System.arraycopy(velocity, 0, output, 0, half);
        System.arraycopy(velocity, half, output, 2 * half, half);
        FlowMatching.Loss loss = flow.loss(array(whole, output), target, List.of(1.0, 1.0), scope);
        float[] gradient = flow.gradient(loss, weights, scope).toFloatArray();
        for (int place : places) {
            double[] sides = new double[2];
            for (int side = 0; side < 2; side++) {
                float[] moved = output.clone();
                moved[place] += side == 0 ? -0.5f : 0.5f;
                double[] samples = flow.loss(array(whole, moved), target, List.of(1.0, 1.0), scope)
                        .samples();
                sides[side] = weights[0] * samples[0] + weights[1] * samples[1];
            }
            // Losses near 2 are rounded to 2e-7.
            assertThat((double) gradient[place]).isCloseTo(sides[1] - sides[0], within(1e-6));
        }
        // Given frames and the unused half have no part in the loss; the places above have.
        assertThat(gradient[0]).isZero();
        assertThat(gradient[AREA]).isNotZero();
        assertThat(gradient[half]).isZero();
    }

    /** Quartiles of sigmoid(n), n standard normal, are sigmoid(0) and sigmoid(±0.67449); 40,000 draws: 4 deviations. */
    @Test
    void timestepsAreLogitNormalThenShifted() {
        TimestepShift unshifted = new TimestepShift(1);
        TimestepShift shifted = new TimestepShift(7.016);
        CounterNoise numbers = CounterNoise.of(3, "timesteps");
        int draws = 40_000;
        int underFirst = 0;
        int underMedian = 0;
        int shiftedUnderMedian = 0;
        for (int i = 0; i < draws; i++) {
            double t = FlowMatching.timestep(numbers.gaussian(i), unshifted);
            assertThat(t > 0 && t < 1).isTrue();
            underFirst += t < 1 / (1 + Math.exp(0.67449)) ? 1 : 0;
            underMedian += t < 0.5 ? 1 : 0;
            // The shift is rising, so it carries the median to 7.016 / 8.016.
            shiftedUnderMedian += FlowMatching.timestep(numbers.gaussian(i), shifted) < 7.016 / 8.016 ? 1 : 0;
        }
        assertThat(underMedian / (double) draws).isCloseTo(0.5, within(0.01));
        assertThat(underFirst / (double) draws).isCloseTo(0.25, within(0.01));
        assertThat(shiftedUnderMedian).isEqualTo(underMedian);
    }

    @Test
    void aSampleOfGivenFramesOnlyHasNothingToLearnFrom() {
        NDArray one = array(new Shape(1, CHANNELS, FRAMES, 2, 2), gaussian("x", CHANNELS * FRAMES * AREA));
        FlowTarget target = new FlowTarget(one, one, List.of(condition(500, Set.of(0, 1, 2))));
        NDArray velocity = one.concat(one, 1);
        assertThatThrownBy(() -> flow.loss(velocity, target, List.of(1.0), scope))
                .hasMessageContaining("no noisy frame");
    }

    private static DitCondition condition(double timestep, Set<Integer> cleanFrames) {
        return new DitCondition(timestep, 24, cleanFrames, DitCondition.consecutive(FRAMES), 1);
    }

    private NDArray array(Shape shape, float[] values) {
        return EngineMemory.array(scope, shape, values);
    }

    private static float[] gaussian(String purpose, int count) {
        float[] values = new float[count];
        CounterNoise.of(11, purpose).fillGaussian(values);
        return values;
    }
}
