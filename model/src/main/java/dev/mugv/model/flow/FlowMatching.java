package dev.mugv.model.flow;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import java.util.List;

/**
 * The training objective (mugv.md, section 4.1): at timestep t a sample is (1 − t) x0 + t ε, and the velocity to learn is
 * x0 − ε.
 */
public final class FlowMatching implements AutoCloseable {
    /** Weight of an image in a batch's loss. */
    public static final double IMAGE_WEIGHT = 0.3;

    private final ScriptModule script =
            ScriptArchive.ofResource(FlowMatching.class, "flow.py").load();

    /**
     * Losses of a batch.
     *
     * @param mean weighted mean over samples, a scalar
     * @param sample_B each sample's own mean over its noisy frames, unweighted
     * @param error_BCFHW what is squared
     * @param share_BF part of its sample's mean that a frame is
     */
    public record Loss(NDArray mean, NDArray sample_B, NDArray error_BCFHW, NDArray share_BF) {
        /** Of one sample each. */
        public double[] samples() {
            return doubles(sample_B);
        }

        /** The mean as a number. */
        public double value() {
            return doubles(mean)[0];
        }

        /** Of fp32, or of fp64 where a proof needs it. */
        private static double[] doubles(NDArray array) {
            if (array.getDataType() == DataType.FLOAT64) {
                return array.toDoubleArray();
            }
            float[] values = array.toFloatArray();
            double[] doubles = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                doubles[i] = values[i];
            }
            return doubles;
        }
    }

    /**
     * Logit-normal timestep (location 0, scale 1), shifted.
     *
     * @param gaussian a standard normal number
     * @return in (0, 1); the transformer takes a thousand times it
     */
    public static double timestep(double gaussian, TimestepShift shift) {
        return shift.apply(1 / (1 + Math.exp(-gaussian)));
    }

    /**
     * Noisy latents at each sample's timestep; clean frames stay as they are.
     *
     * @param noise_BCFHW standard normal numbers
     * @param conditions one a sample, whose timestep is in thousandths
     */
    public NDArray noisy(NDArray latent_BCFHW, NDArray noise_BCFHW, List<DitCondition> conditions, NDManager scope) {
        AxisSizes sizes = sizes(latent_BCFHW, noise_BCFHW, conditions);
        int frames = sizes.intOf('F');
        float[] time = new float[conditions.size() * frames];
        for (int i = 0; i < time.length; i++) {
            DitCondition condition = conditions.get(i / frames);
            time[i] = condition.cleanFrames().contains(i % frames)
                    ? 0
                    : (float) (condition.timestep() / DitCondition.PURE_NOISE);
        }
        try (NDArray time_BF = EngineMemory.array(scope, new Shape(conditions.size(), frames), time)) {
            return script.callUnrecorded("noisy")
                    .with(latent_BCFHW)
                    .with(noise_BCFHW)
                    .with(time_BF)
                    .one(scope);
        }
    }

    /**
     * Mean squared error of a velocity over channels, positions and noisy frames, then over samples.
     *
     * @param velocity the transformer's output, [B, 48, F, H, W]; the second 24 channels are ignored
     * @param weights one a sample: 1, or {@link #IMAGE_WEIGHT} for an image
     */
    public Loss loss(NDArray velocity, FlowTarget target, List<Double> weights, NDManager scope) {
        AxisSizes sizes = sizes(target.latent_BCFHW(), target.noise_BCFHW(), target.conditions());
        int batch = sizes.intOf('B');
        int frames = sizes.intOf('F');
        AxisSizes.requireShape(
                velocity,
                new Shape(batch, DitParameters.OUTPUT_CHANNELS, frames, sizes.of('H'), sizes.of('W')),
                "velocity");
        if (weights.size() != batch) {
            throw new IllegalArgumentException("expected " + batch + " weights, found " + weights.size());
        }
        float[] share = new float[batch * frames];
        float[] sampleWeights = new float[batch];
        for (int b = 0; b < batch; b++) {
            sampleWeights[b] = weights.get(b).floatValue();
            DitCondition condition = target.conditions().get(b);
            int noisy = frames - condition.cleanFrames().size();
            if (noisy == 0) {
                throw new IllegalArgumentException("sample " + b + " has no noisy frame to learn from");
            }
            for (int f = 0; f < frames; f++) {
                share[b * frames + f] = condition.cleanFrames().contains(f) ? 0 : 1f / noisy;
            }
        }
        NDArray share_BF = EngineMemory.array(scope, new Shape(batch, frames), share);
        try (NDArray weight_B = EngineMemory.array(scope, new Shape(batch), sampleWeights)) {
            NDList results = script.callUnrecorded("loss")
                    .with(velocity)
                    .with(target.latent_BCFHW())
                    .with(target.noise_BCFHW())
                    .with(share_BF)
                    .with(weight_B)
                    .all(scope);
            return new Loss(results.get(0), results.get(1), results.get(2), share_BF);
        }
    }

    /**
     * The gradient of the velocity.
     *
     * @param gradient_B of every sample's own loss
     * @return of the velocity's shape; zero where the velocity does not count
     */
    public NDArray gradient(Loss loss, double[] gradient_B, NDManager scope) {
        float[] gradients = new float[gradient_B.length];
        for (int b = 0; b < gradients.length; b++) {
            gradients[b] = (float) gradient_B[b];
        }
        AxisSizes.requireShape(loss.sample_B, new Shape(gradients.length), "samples' losses");
        try (NDArray values_B = EngineMemory.array(scope, new Shape(gradients.length), gradients)) {
            return script.callUnrecorded("loss_backward")
                    .with(values_B)
                    .with(loss.error_BCFHW)
                    .with(loss.share_BF)
                    .with(DitParameters.OUTPUT_CHANNELS)
                    .one(scope);
        }
    }

    private static AxisSizes sizes(NDArray latent_BCFHW, NDArray noise_BCFHW, List<DitCondition> conditions) {
        return new AxisSizes("compute the flow matching objective")
                .fix('B', conditions.size())
                .fix('C', DitParameters.LATENT_CHANNELS)
                .bind("latent_BCFHW", latent_BCFHW)
                .bind("noise_BCFHW", noise_BCFHW);
    }

    @Override
    public void close() {
        script.close();
    }
}
