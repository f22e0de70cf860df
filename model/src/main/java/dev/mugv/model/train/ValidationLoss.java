package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DiffusionTransformer;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.tensor.Autograd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** The flow-matching loss on a fixed grid of (clip, timestep, noise), text to video, each with its own caption. */
final class ValidationLoss {
    private static final String PURPOSE = "validation-noise";
    private static final int BATCH = 8;

    private final List<FlowSample> samples = new ArrayList<>();

    ValidationLoss(ValidationGrid grid, LatentLibrary latents) {
        for (String clipId : grid.clipIds()) {
            for (int k = 0; k < grid.timesteps(); k++) {
                samples.add(new FlowSample(
                        clipId,
                        grid.shape(),
                        latents.latent_CFHW(clipId, grid.shape()),
                        new ShownCaption.Whole(latents.text_SD(clipId)),
                        timestep(grid, k),
                        Set.of(),
                        CounterNoise.of(grid.seed(), PURPOSE, CounterNoise.counter(clipId), k)));
            }
        }
    }

    /** The middle of the k-th of equal intervals, shifted for the grid's shape. */
    static double timestep(ValidationGrid grid, int k) {
        VideoShape shape = grid.shape();
        return TimestepShift.of(shape).apply((k + 0.5) / grid.timesteps());
    }

    /** The mean over the grid; each rank computes some of its batches, and all know the same bits. */
    double of(DiffusionTransformer model, FlowMatching flow, NDManager scope, Ranks ranks) {
        double sum = 0;
        for (double error : each(model, flow, scope, ranks)) {
            sum += error;
        }
        return sum / samples.size();
    }

    /** Clip after clip, of each its timesteps. */
    double[] each(DiffusionTransformer model, FlowMatching flow, NDManager scope, Ranks ranks) {
        return Autograd.unrecorded(() -> {
            double[] errors = new double[samples.size()];
            for (int start = ranks.rank() * BATCH; start < samples.size(); start += ranks.size() * BATCH) {
                List<FlowSample> part = samples.subList(start, Math.min(samples.size(), start + BATCH));
                try (NDManager local = scope.newSubManager()) {
                    FlowBatch batch = FlowBatch.of(part, model.size(), local);
                    List<Double> weights = Collections.nCopies(part.size(), 1.0);
                    double[] found = batch.loss(model, flow, weights, local).samples();
                    System.arraycopy(found, 0, errors, start, found.length);
                }
            }
            return ranks.sums(errors);
        });
    }
}
