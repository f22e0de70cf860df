package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.FlowTarget;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** A transformer with seeded weights and one seeded batch, run forward and back again and again; {@code ops/bench} times it. */
public final class TransformerPasses implements AutoCloseable {
    private final ParameterSet parameters;
    private final DiffusionTransformer model;
    private final FlowMatching flow = new FlowMatching();
    private final NDArray text_SD;
    private final NDArray noisy;
    private final FlowTarget target;

    /** In fp32. */
    public TransformerPasses(NDManager scope, DitSize size, Shape latent, int... captionTokens) {
        this(scope, size, ComputePrecision.FP32, latent, captionTokens);
    }

    /** With seeded weights. */
    public TransformerPasses(
            NDManager scope, DitSize size, ComputePrecision precision, Shape latent, int... captionTokens) {
        this(scope, new DiffusionTransformer(size, seeded(scope, size), precision), latent, captionTokens);
    }

    /**
     * @param model closed along with this, and its parameters, which must be trainable
     * @param latent B, C, F, H, W
     */
    public TransformerPasses(NDManager scope, DiffusionTransformer model, Shape latent, int... captionTokens) {
        this.model = model;
        this.parameters = model.parameters();
        List<DitCondition> conditions = new ArrayList<>();
        int frames = (int) latent.get(2);
        int rows = 0;
        for (int tokens : captionTokens) {
            conditions.add(new DitCondition(
                    600 - conditions.size(),
                    24,
                    frames == 1 ? Set.of() : Set.of(0),
                    DitCondition.consecutive(frames),
                    tokens));
            rows += tokens;
        }
        text_SD = gaussian(scope, "text", new Shape(rows, model.size().textWidth()));
        target = new FlowTarget(gaussian(scope, "latent", latent), gaussian(scope, "noise", latent), conditions);
        noisy = flow.noisy(target.latent_BCFHW(), target.noise_BCFHW(), conditions, scope);
    }

    private static ParameterSet seeded(NDManager scope, DitSize size) {
        ParameterSet parameters = ParameterSet.trainable(scope, DitParameters.shapes(size));
        DitParameters.initialise(parameters, 1);
        return parameters;
    }

    private static NDArray gaussian(NDManager scope, String purpose, Shape shape) {
        float[] values = new float[(int) shape.size()];
        CounterNoise.of(1, purpose).fillGaussian(values);
        return EngineMemory.array(scope, shape, values);
    }

    public ParameterSet parameters() {
        return parameters;
    }

    /** Told after {@link #parameters()} changed. */
    public void parametersChanged() {
        model.parametersChanged();
    }

    /** The batch's velocity, forward only. */
    public float[] velocity() {
        try (NDManager local = text_SD.getManager().newSubManager()) {
            return model.velocity(new DitInput(noisy, text_SD, target.conditions()), local)
                    .toFloatArray();
        }
    }

    /** Loss of the batch; its gradient is added to the parameters'. */
    public float forwardAndBackward(NDManager scope) {
        try (NDManager local = scope.newSubManager()) {
            List<Double> weights = Collections.nCopies(target.conditions().size(), 1.0);
            try (ForwardPass pass = model.forward(new DitInput(noisy, text_SD, target.conditions()), local)) {
                FlowMatching.Loss loss = flow.loss(pass.velocity(), target, weights, local);
                double[] gradient_B = new double[weights.size()];
                Arrays.fill(gradient_B, 1.0 / weights.size());
                pass.backward(flow.gradient(loss, gradient_B, local));
                return loss.mean().getFloat();
            }
        }
    }

    @Override
    public void close() {
        flow.close();
        model.close();
        parameters.close();
    }
}
