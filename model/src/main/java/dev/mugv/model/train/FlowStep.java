package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.train.PipelineSchedule.Direction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
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
        List<List<FlowSample>> passes = passes(part);
        ModelShare held = model.share();
        Deque<Running> running = new ArrayDeque<>();
        Deque<Running> sending = new ArrayDeque<>();
        double loss = 0;
        long tokens = 0;
        double flops = 0;
        try {
            for (PipelineSchedule.Step step : PipelineSchedule.of(held.stage(), held.stages(), passes.size())) {
                if (step.direction() == Direction.FORWARD) {
                    running.add(forward(passes.get(step.pass()), share.samples()));
                    continue;
                }
                Running pass = running.remove();
                sending.add(pass);
                loss += pass.back(share.weight(), step.pass() == passes.size() - 1 ? complete : piece -> {});
                tokens += pass.batch.tokens();
                flops += pass.batch.flops(model.size());
                // What the last pass but one sent has had the time of this pass to arrive.
                while (sending.size() > (held.stages() > 1 ? 1 : 0)) {
                    sending.remove().close();
                }
            }
        } finally {
            sending.forEach(Running::close);
            running.forEach(Running::close);
        }
        return new Measure(model.fromLastStage(new double[] {loss})[0], tokens, flops);
    }

    /**
     * What is computed together: samples of one shape; where a pipeline has to be kept full, single ones.
     */
    private List<List<FlowSample>> passes(List<FlowSample> samples) {
        Map<VideoShape, List<FlowSample>> groups = new LinkedHashMap<>();
        samples.forEach(sample -> groups.computeIfAbsent(sample.shape(), shape -> new ArrayList<>())
                .add(sample));
        if (model.share().stages() == 1) {
            return List.copyOf(groups.values());
        }
        return groups.values().stream().flatMap(List::stream).map(List::of).toList();
    }

    private Running forward(List<FlowSample> group, int samples) {
        double sampleWeight = group.get(0).shape().isImage() ? FlowMatching.IMAGE_WEIGHT : 1;
        NDManager local = scope.newSubManager();
        FlowBatch batch = FlowBatch.of(group, model.size(), local);
        FlowPass pass = batch.pass(model, flow, Collections.nCopies(group.size(), sampleWeight), table, local);
        return new Running(batch, pass, group.size() / (double) samples, sampleWeight, local);
    }

    /**
     * A pass on its way.
     *
     * @param share of the batch's samples
     * @param sampleWeight of each of its samples
     */
    private record Running(FlowBatch batch, FlowPass pass, double share, double sampleWeight, NDManager scope)
            implements AutoCloseable {
        /** Runs back, and gives the pass's part of the loss; 0 where another stage knows it. */
        double back(double weight, Consumer<String> complete) {
            double[] gradient_B = new double[batch.samples().size()];
            Arrays.fill(gradient_B, share * weight * sampleWeight / gradient_B.length);
            pass.backward(gradient_B, complete, scope);
            return pass.loss().map(loss -> share * loss.value()).orElse(0.0);
        }

        @Override
        public void close() {
            pass.close();
            scope.close();
        }
    }
}
