package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.flow.FlowMatching;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The flow-matching loss of a mixed batch and its gradients: samples are grouped by shape, one pass a group, and the groups'
 * gradients add up to those of the mean over all samples, images with their own weight (mugv.md, section 4.1).
 */
final class FlowStep {
    private final DiffusionTransformer model;
    private final FlowMatching flow;
    private final CaptionDropout.Table table;
    private final NDManager scope;

    /** What the passes were and cost. */
    record Measure(double loss, long tokens, double flops) {}

    /**
     * What samples count for.
     *
     * @param samples of the whole batch, over which the loss is a mean
     * @param weight of that mean in what is minimised
     */
    record Share(int samples, double weight) {}

    /** @param table whether gradients reach the null caption's table */
    FlowStep(DiffusionTransformer model, FlowMatching flow, CaptionDropout.Table table, NDManager scope) {
        this.model = model;
        this.flow = flow;
        this.table = table;
        this.scope = scope;
    }

    /**
     * Adds the gradients of a part of the batch.
     *
     * @param part samples that are computed together
     * @param share what the part is of the batch
     * @param complete told of pieces of the model while the last pass runs back, see {@link FlowPass#backward}
     * @return the part's share of the loss, without the weight
     */
    Measure addGradients(List<FlowSample> part, Share share, Consumer<String> complete) {
        Map<VideoShape, List<FlowSample>> groups = new LinkedHashMap<>();
        part.forEach(sample -> groups.computeIfAbsent(sample.shape(), shape -> new ArrayList<>())
                .add(sample));
        double loss = 0;
        long tokens = 0;
        double flops = 0;
        int left = groups.size();
        for (Map.Entry<VideoShape, List<FlowSample>> group : groups.entrySet()) {
            left--;
            double shareOfGroup = group.getValue().size() / (double) share.samples();
            double sampleWeight = group.getKey().isImage() ? FlowMatching.IMAGE_WEIGHT : 1;
            try (NDManager local = scope.newSubManager()) {
                FlowBatch batch = FlowBatch.of(group.getValue(), model.size(), local);
                List<Double> weights = Collections.nCopies(group.getValue().size(), sampleWeight);
                try (FlowPass pass = batch.pass(model, flow, weights, table, local)) {
                    double[] gradient_B = new double[weights.size()];
                    Arrays.fill(gradient_B, shareOfGroup * share.weight() * sampleWeight / gradient_B.length);
                    pass.backward(gradient_B, left == 0 ? complete : piece -> {});
                    loss += shareOfGroup * pass.loss().mean().getFloat();
                }
                tokens += batch.tokens();
                flops += batch.flops(model.size());
            }
        }
        return new Measure(loss, tokens, flops);
    }
}
