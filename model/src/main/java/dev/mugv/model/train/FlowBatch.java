package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitInput;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.dit.ForwardPass;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.FlowTarget;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.EngineMemory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Samples of one shape as tensors: clean latents, their noise, and what is told of each.
 *
 * @param samples in order
 * @param target latents, noise and conditions
 */
record FlowBatch(List<FlowSample> samples, FlowTarget target) {
    FlowBatch {
        samples = List.copyOf(samples);
    }

    /** Tensors of samples that all have one shape; they live as long as the scope. */
    static FlowBatch of(List<FlowSample> samples, DitSize size, NDManager scope) {
        VideoShape shape = samples.get(0).shape();
        Shape axes_BCFHW = new Shape(
                samples.size(),
                DitParameters.LATENT_CHANNELS,
                shape.latentFrames(),
                shape.latentHeight(),
                shape.latentWidth());
        int each = Math.toIntExact(axes_BCFHW.size() / samples.size());
        List<DitCondition> conditions = new ArrayList<>();
        for (FlowSample sample : samples) {
            if (sample.latent_CFHW().remaining() != each || !sample.shape().equals(shape)) {
                throw new IllegalArgumentException("sample %s of shape %s has %d latent values, expected %d of shape %s"
                        .formatted(
                                sample.id(),
                                sample.shape().label(),
                                sample.latent_CFHW().remaining(),
                                each,
                                shape.label()));
            }
            conditions.add(sample.condition(textTokens(sample, size)));
        }
        NDArray latent_BCFHW = EngineMemory.filled(
                scope,
                axes_BCFHW,
                values -> samples.forEach(
                        sample -> values.put(sample.latent_CFHW().duplicate())));
        NDArray noise_BCFHW = EngineMemory.filled(scope, axes_BCFHW, values -> {
            for (int b = 0; b < samples.size(); b++) {
                samples.get(b).noise().fillGaussian(values.slice(b * each, each));
            }
        });
        return new FlowBatch(samples, new FlowTarget(latent_BCFHW, noise_BCFHW, conditions));
    }

    /** Each sample's mean squared velocity error under a model, and the mean over samples with these weights. */
    FlowMatching.Loss loss(DiffusionTransformer model, FlowMatching flow, List<Double> weights, NDManager scope) {
        return Autograd.unrecorded(() -> {
            DitInput input = input(flow, text_SD(model, scope), scope);
            return flow.loss(model.velocity(input, scope), target, weights, scope);
        });
    }

    /** The same with the way back to the model's parameters, the null caption's table being one of them or not. */
    FlowPass pass(
            DiffusionTransformer model,
            FlowMatching flow,
            List<Double> weights,
            CaptionDropout.Table table,
            NDManager scope) {
        boolean throughTable = table == CaptionDropout.Table.TRAINED
                && model.weights().gradient(DitParameters.NULL_CAPTION).isPresent()
                && samples.stream().anyMatch(sample -> !(sample.caption() instanceof ShownCaption.Whole));
        NDArray text_SD = throughTable
                ? Autograd.recorded(() -> text_SD(model, scope))
                : Autograd.unrecorded(() -> text_SD(model, scope));
        return Autograd.unrecorded(() -> {
            ForwardPass forward = model.forward(input(flow, text_SD, scope), scope);
            Optional<FlowMatching.Loss> loss = forward.hasVelocity()
                    ? Optional.of(flow.loss(forward.velocity(), target, weights, scope))
                    : Optional.empty();
            return new FlowPass(flow, loss, forward, throughTable ? Optional.of(text_SD) : Optional.empty());
        });
    }

    private DitInput input(FlowMatching flow, NDArray text_SD, NDManager scope) {
        NDArray noisy_BCFHW = flow.noisy(target.latent_BCFHW(), target.noise_BCFHW(), target.conditions(), scope);
        return new DitInput(noisy_BCFHW, text_SD, target.conditions());
    }

    /** Patches that the model sees, without start and end tokens. */
    long tokens() {
        return samples.size() * tokensPerSample();
    }

    /** Operations of a forward and backward pass; a forward pass alone is a third (mugv.md, section 6.2). */
    double flops(DitSize size) {
        double d = size.width();
        double n = tokensPerSample();
        double flops = 0;
        for (DitCondition condition : target.conditions()) {
            double c = condition.textTokens();
            double perToken = (1 + 1 + n / d) + (1 + c / n + c / d) + 4;
            flops += 12 * n * size.layers() * d * d * perToken;
        }
        return flops;
    }

    private long tokensPerSample() {
        VideoShape shape = samples.get(0).shape();
        return (long) shape.latentFrames() * ((shape.latentHeight() + 1) / 2) * ((shape.latentWidth() + 1) / 2);
    }

    private NDArray text_SD(DiffusionTransformer model, NDManager scope) {
        NDList captions = new NDList();
        for (int b = 0; b < samples.size(); b++) {
            int tokens = target.conditions().get(b).textTokens();
            captions.add(caption(samples.get(b).caption(), tokens, model, scope));
        }
        if (captions.size() == 1) {
            return captions.get(0);
        }
        NDArray packed = captions.get(0).getNDArrayInternal().concat(captions.subNDList(1), 0);
        packed.attach(scope);
        return packed;
    }

    private static NDArray caption(ShownCaption caption, int tokens, DiffusionTransformer model, NDManager scope) {
        // Instead of a switch over the sealed type, which Java 17 does not have.
        if (caption instanceof ShownCaption.Dropped) {
            return model.nullCaption(tokens, scope);
        }
        NDArray own_SD = array(caption.text_SD(), tokens, model.size(), scope);
        if (caption instanceof ShownCaption.Perforated perforated) {
            BitSet holes = perforated.holes();
            boolean[] hole = new boolean[tokens];
            for (int s = 0; s < tokens; s++) {
                hole[s] = holes.get(s);
            }
            // The engine's binding does not broadcast a condition.
            NDArray hole_SD =
                    EngineMemory.array(scope, new Shape(tokens, 1), hole).broadcast(own_SD.getShape());
            hole_SD.attach(scope);
            NDArray mixed_SD = NDArrays.where(hole_SD, model.nullCaption(tokens, scope), own_SD);
            mixed_SD.attach(scope);
            return mixed_SD;
        }
        return own_SD;
    }

    private static NDArray array(FloatBuffer text, int tokens, DitSize size, NDManager scope) {
        Shape shape = new Shape(tokens, size.textWidth());
        return EngineMemory.array(scope, shape, text.duplicate().limit(Math.toIntExact(shape.size())));
    }

    /** Tokens that are shown, cut to the longest that the model takes. */
    private static int textTokens(FlowSample sample, DitSize size) {
        ShownCaption caption = sample.caption();
        int own = caption.text_SD().limit() / size.textWidth();
        int shown = caption instanceof ShownCaption.Dropped dropped ? own + dropped.longer() : own;
        return Math.max(1, Math.min(size.maxTextTokens(), shown));
    }
}
