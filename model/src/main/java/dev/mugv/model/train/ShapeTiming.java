package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitParameters;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Measures what one sample of a shape costs a model on this machine: forward and backward, by the code that trains. */
public final class ShapeTiming implements AutoCloseable {
    private static final long SEED = 1;
    private static final double TIMESTEP = 0.5;

    private final DitModel model;
    private final FlowStep step;

    /**
     * A model of random weights.
     *
     * @param scope outlives this
     */
    public ShapeTiming(DitSize size, ComputePrecision precision, Tuning tuning, NDManager scope) {
        this.model = DitModel.trainable(size, precision, tuning, scope);
        this.model.initialise(SEED);
        this.step = new FlowStep(model.transformer(), model.flow(), CaptionDropout.NONE.table(), scope);
    }

    /**
     * Median of some updates over one sample with the longest caption, after one that is not counted.
     *
     * @param repeats how many are counted, at least 1
     * @return seconds
     */
    public double seconds(VideoShape shape, int repeats) {
        FlowSample sample = sample(shape);
        double[] seconds = new double[repeats];
        for (int i = -1; i < repeats; i++) {
            long start = System.nanoTime();
            step.addGradients(List.of(sample), new FlowStep.Share(1, 1), piece -> {});
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        return seconds[repeats / 2];
    }

    private FlowSample sample(VideoShape shape) {
        int values = DitParameters.LATENT_CHANNELS * shape.latentFrames() * shape.latentHeight() * shape.latentWidth();
        FloatBuffer latent_CFHW = FloatBuffer.allocate(values);
        CounterNoise.of(SEED, "timed-latent").fillGaussian(latent_CFHW.duplicate());
        FloatBuffer text_SD =
                FloatBuffer.allocate(model.size().maxTextTokens() * model.size().textWidth());
        CounterNoise.of(SEED, "timed-caption").fillGaussian(text_SD.duplicate());
        return new FlowSample(
                "timed",
                shape,
                latent_CFHW,
                new ShownCaption.Whole(text_SD),
                TIMESTEP,
                Set.of(),
                CounterNoise.of(SEED, "timed-noise"));
    }

    @Override
    public void close() {
        model.close();
    }
}
