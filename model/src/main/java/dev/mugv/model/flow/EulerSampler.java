package dev.mugv.model.flow;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitInput;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The published sampler (mugv.md, section 4.2): Euler steps along the guided velocity from noise to data, clean frames
 * restored after each.
 */
public final class EulerSampler implements AutoCloseable {
    private final DiffusionTransformer model;
    private final int steps;
    private final Guidance guidance;
    private final FlowMatching flow = new FlowMatching();
    private final ScriptModule script =
            ScriptArchive.ofResource(EulerSampler.class, "sampler.py").load();

    /**
     * @param model stays the caller's
     * @param steps at least 1
     * @param scale of guidance, nothing else about it; at exactly 1 the negative prompt is not computed
     */
    public EulerSampler(DiffusionTransformer model, int steps, double scale) {
        this(model, steps, Guidance.ofScale(scale));
    }

    /**
     * @param model stays the caller's
     * @param steps at least 1
     * @param guidance where it needs no negative prompt, none is computed
     */
    public EulerSampler(DiffusionTransformer model, int steps, Guidance guidance) {
        if (steps < 1) {
            throw new IllegalArgumentException("expected at least 1 step, found " + steps);
        }
        this.model = model;
        this.steps = steps;
        this.guidance = guidance;
    }

    /** Timestep in [0, 1] that step i starts from; that of {@code steps} is 0. */
    public double timestep(int i, TimestepShift shift) {
        return shift.apply(1 - (double) i / steps);
    }

    /**
     * Makes a sample; nothing is recorded for a backward pass.
     *
     * @return [1, 24, F, H, W] in the scope
     */
    public NDArray sample(SamplingRequest request, NDManager scope) {
        return sample(request, scope, done -> {});
    }

    /**
     * The same, for somebody who waits.
     *
     * @param progress is told after every step how many of all are done, left-out ones counted
     */
    public NDArray sample(SamplingRequest request, NDManager scope, IntConsumer progress) {
        if (request.startStep() >= steps) {
            throw new IllegalArgumentException(
                    "expected a start step under " + steps + ", found " + request.startStep());
        }
        return Autograd.unrecorded(() -> {
            try (NDManager local = scope.newSubManager()) {
                NDArray sample = run(request, local, progress);
                sample.attach(scope);
                return sample;
            }
        });
    }

    private NDArray run(SamplingRequest request, NDManager scope, IntConsumer progress) {
        NDArray noisy_F = noisyFrames(request, scope);
        NDArray text_SD = text(request, scope);
        DitCondition start = condition(request, timestep(request.startStep(), request.shift()));
        NDArray latent = flow.noisy(request.latent_BCFHW(), request.noise_BCFHW(), List.of(start), scope);
        for (int i = request.startStep(); i < steps; i++) {
            double timestep = timestep(i, request.shift());
            double length = timestep - timestep(i + 1, request.shift());
            try (NDManager local = scope.newSubManager()) {
                NDArray velocity = model.velocity(input(request, latent, text_SD, timestep, local), local);
                NDArray before = latent;
                Guidance.Limit limit = guidance.limit(timestep);
                latent = script.callUnrecorded("step")
                        .with(before)
                        .with(velocity)
                        .with(request.latent_BCFHW())
                        .with(noisy_F)
                        .with(length)
                        .with(guidance.scale())
                        .with(guidance.rescale())
                        .with(limit.quantile())
                        .with(limit.least())
                        .with(limit.most())
                        .one(scope);
                before.close();
            }
            progress.accept(i + 1);
        }
        return latent;
    }

    private DitInput input(SamplingRequest request, NDArray latent, NDArray text_SD, double timestep, NDManager scope) {
        DitCondition condition = condition(request, timestep);
        if (!guidance.needsNegative()) {
            return new DitInput(latent, text_SD, List.of(condition));
        }
        int negativeTokens = (int) request.negative_SD().getShape().get(0);
        DitCondition negative = new DitCondition(
                condition.timestep(),
                condition.fps(),
                condition.cleanFrames(),
                condition.frameIndices(),
                negativeTokens);
        NDArray both = latent.concat(latent, 0);
        both.attach(scope);
        return new DitInput(both, text_SD, List.of(condition, negative));
    }

    private static DitCondition condition(SamplingRequest request, double timestep) {
        return new DitCondition(
                timestep * DitCondition.PURE_NOISE, request.fps(), request.cleanFrames(), request.frameIndices(), (int)
                        request.text_SD().getShape().get(0));
    }

    private NDArray text(SamplingRequest request, NDManager scope) {
        if (!guidance.needsNegative()) {
            return request.text_SD();
        }
        NDArray both_SD = request.text_SD().concat(request.negative_SD(), 0);
        both_SD.attach(scope);
        return both_SD;
    }

    private static NDArray noisyFrames(SamplingRequest request, NDManager scope) {
        boolean[] noisy = new boolean[request.frameIndices().size() - 2];
        for (int f = 0; f < noisy.length; f++) {
            noisy[f] = !request.cleanFrames().contains(f);
        }
        return EngineMemory.array(scope, new Shape(noisy.length), noisy);
    }

    @Override
    public void close() {
        flow.close();
        script.close();
    }
}
