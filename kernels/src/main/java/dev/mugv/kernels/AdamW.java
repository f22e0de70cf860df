package dev.mugv.kernels;

import java.nio.FloatBuffer;

/**
 * AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019) over flat buffers of fp32 parameters.
 *
 * <p>Trainers use the engine's kernel; this is the rule in plain Java that the kernel is held to by a test. The arithmetic of
 * {@code torch.optim.AdamW}: decay of the parameter first, then the moments, then the step with bias
 * correction. The state lies in buffers owned by the caller, who saves and restores them with a checkpoint. Element by
 * element and therefore free of any order of summation: the same bits on every run. One instance serves one thread.
 */
public final class AdamW {
    /** Elements copied into arrays at a time: loops over arrays are vectorised by the JIT, loops over buffers are not. */
    private static final int CHUNK = 2048;

    private final HyperParameters hyperParameters;
    private final float[] parameterChunk = new float[CHUNK];
    private final float[] gradientChunk = new float[CHUNK];
    private final float[] firstChunk = new float[CHUNK];
    private final float[] secondChunk = new float[CHUNK];

    /**
     * Moments' decays and the denominator's offset.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the root of the corrected second moment
     */
    public record HyperParameters(double beta1, double beta2, double epsilon) {}

    /**
     * One tensor and its state, or a whole flat bucket of them; buffers of one length, updated in place.
     *
     * @param parameter the values
     * @param gradient of the loss, not scaled yet
     * @param firstMoment zero before the first update
     * @param secondMoment likewise
     */
    public record Tensor(
            FloatBuffer parameter, FloatBuffer gradient, FloatBuffer firstMoment, FloatBuffer secondMoment) {
        public Tensor {
            int length = parameter.limit();
            if (gradient.limit() != length || firstMoment.limit() != length || secondMoment.limit() != length) {
                throw new IllegalArgumentException("parameter has %d elements, gradient %d, moments %d and %d"
                        .formatted(length, gradient.limit(), firstMoment.limit(), secondMoment.limit()));
            }
        }
    }

    /**
     * What changes from update to update.
     *
     * @param number of this update, from 1; decides the bias correction
     * @param learningRate of this update
     * @param gradientScale factor on every gradient, from clipping or averaging
     */
    public record Step(long number, double learningRate, double gradientScale) {}

    public AdamW(HyperParameters hyperParameters) {
        this.hyperParameters = hyperParameters;
    }

    /**
     * Does one update in place, of parameter and moments.
     *
     * @param weightDecay decoupled decay, 0 for vectors and tables
     */
    public void update(Tensor tensor, Step step, double weightDecay) {
        Coefficients coefficients = Coefficients.of(hyperParameters, step, weightDecay);
        int length = tensor.parameter().limit();
        for (int at = 0; at < length; at += CHUNK) {
            int count = Math.min(CHUNK, length - at);
            tensor.parameter().get(at, parameterChunk, 0, count);
            tensor.gradient().get(at, gradientChunk, 0, count);
            tensor.firstMoment().get(at, firstChunk, 0, count);
            tensor.secondMoment().get(at, secondChunk, 0, count);
            coefficients.apply(parameterChunk, gradientChunk, firstChunk, secondChunk, count);
            tensor.parameter().put(at, parameterChunk, 0, count);
            tensor.firstMoment().put(at, firstChunk, 0, count);
            tensor.secondMoment().put(at, secondChunk, 0, count);
        }
    }

    /**
     * Everything of the update rule that does not depend on the element, in the precision in which it is applied.
     *
     * @param gradientScale factor on the gradient
     * @param beta1 decay of the first moment
     * @param gain1 1 - beta1
     * @param beta2 decay of the second moment
     * @param gain2 1 - beta2
     * @param keep what decoupled decay leaves of the parameter
     * @param stepSize learning rate over the first moment's correction
     * @param secondScale 1 over the root of the second moment's correction
     * @param epsilon added to the corrected root
     */
    // Nine components: they are the terms of one formula, and the arguments of a kernel.
    public record Coefficients(
            float gradientScale,
            float beta1,
            float gain1,
            float beta2,
            float gain2,
            float keep,
            float stepSize,
            float secondScale,
            float epsilon) {

        /** Those of one update. */
        public static Coefficients of(HyperParameters h, Step step, double weightDecay) {
            double correction1 = 1 - StrictMath.pow(h.beta1(), step.number());
            double correction2 = 1 - StrictMath.pow(h.beta2(), step.number());
            return new Coefficients(
                    (float) step.gradientScale(),
                    (float) h.beta1(),
                    (float) (1 - h.beta1()),
                    (float) h.beta2(),
                    (float) (1 - h.beta2()),
                    (float) (1 - step.learningRate() * weightDecay),
                    (float) (step.learningRate() / correction1),
                    (float) (1 / Math.sqrt(correction2)),
                    (float) h.epsilon());
        }

        /** Does one update of the first elements of arrays, in place but for the gradient. */
        public void apply(float[] parameter, float[] gradient, float[] first, float[] second, int count) {
            float scale = gradientScale;
            float b1 = beta1;
            float g1 = gain1;
            float b2 = beta2;
            float g2 = gain2;
            float kept = keep;
            float size = stepSize;
            float rootScale = secondScale;
            float eps = epsilon;
            for (int i = 0; i < count; i++) {
                float g = gradient[i] * scale;
                float m = b1 * first[i] + g1 * g;
                float v = b2 * second[i] + g2 * g * g;
                first[i] = m;
                second[i] = v;
                parameter[i] = parameter[i] * kept - size * m / ((float) Math.sqrt(v) * rootScale + eps);
            }
        }
    }
}
