package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.flow.FlowMatching;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The flow-matching loss of a mixed batch and its gradients: samples are grouped by shape, one pass a group, and the groups'
 * gradients add up to those of the mean over all samples, images with their own weight (mugv.md, section 4.1).
 */
final class FlowStep {
    private final DiffusionTransformer model;
    private final FlowMatching flow;
    private final NDManager scope;

    /** What the passes were and cost. */
    record Measure(double loss, long tokens, double flops) {}

    FlowStep(DiffusionTransformer model, FlowMatching flow, NDManager scope) {
        this.model = model;
        this.flow = flow;
        this.scope = scope;
    }

    /** Adds the gradients of {@code weight} times the loss; the loss itself is returned without that weight. */
    Measure addGradients(List<FlowSample> samples, double weight) {
        Map<VideoShape, List<FlowSample>> groups = new LinkedHashMap<>();
        samples.forEach(sample -> groups.computeIfAbsent(sample.shape(), shape -> new ArrayList<>())
                .add(sample));
        double loss = 0;
        long tokens = 0;
        double flops = 0;
        for (Map.Entry<VideoShape, List<FlowSample>> group : groups.entrySet()) {
            double share = group.getValue().size() / (double) samples.size();
            double sampleWeight = group.getKey().isImage() ? FlowMatching.IMAGE_WEIGHT : 1;
            try (NDManager local = scope.newSubManager()) {
                FlowBatch batch = FlowBatch.of(group.getValue(), model.size(), local);
                List<Double> weights = Collections.nCopies(group.getValue().size(), sampleWeight);
                try (FlowPass pass = batch.pass(model, flow, weights, local)) {
                    double[] gradient_B = new double[weights.size()];
                    Arrays.fill(gradient_B, share * weight * sampleWeight / gradient_B.length);
                    pass.backward(gradient_B);
                    loss += share * pass.loss().mean().getFloat();
                }
                tokens += batch.tokens();
                flops += batch.flops(model.size());
            }
        }
        return new Measure(loss, tokens, flops);
    }
}
