package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.flow.EulerSampler;
import dev.mugv.model.flow.SamplingRequest;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.format.PreferenceLabels.Pair;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.ReverseSampleOrder;
import dev.mugv.model.format.ReverseSampleOrder.Item;
import dev.mugv.model.format.ReversedPairs;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.SafetensorsWriter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One {@code REVERSE_SAMPLE} order: real latents are noised to a timestep and denoised from there by a model, and each makes a pair with
 * what came back (mugv.md, sections 4.2 and 5.6). Needs neither VideoVAE nor text encoder: both sides are latents, and captions come from
 * the shards.
 */
public final class ReverseSampling {
    private static final String NOISE = "reversal-noise";
    private static final double WITHOUT_GUIDANCE = 1;

    private final TaskContext context;
    private final ReverseSampleOrder order;
    private final List<PreferenceSamples.Sample> samples = new ArrayList<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final SafetensorsWriter tensors = new SafetensorsWriter(Map.of());

    public ReverseSampling(TaskContext context) {
        this.context = context;
        this.order = context.parameters(ReverseSampleOrder.class);
    }

    /**
     * Makes the pairs and leaves them in the task's output.
     *
     * @param model stays the caller's
     * @param dataset holds the clips; stays the caller's
     */
    public void run(TrainedModel model, LatentDataset dataset, NDManager scope) throws IOException {
        LatentLibrary latents = new LatentLibrary(dataset, scope);
        try (EulerSampler sampler =
                new EulerSampler(model.transformer(), order.reversal().steps(), WITHOUT_GUIDANCE)) {
            for (Item item : order.items()) {
                if (context.isStopRequested()) {
                    throw new StopRequestedException("stopped after %d of %d pairs"
                            .formatted(pairs.size(), order.items().size()));
                }
                try (NDManager local = scope.newSubManager()) {
                    add(item, latents, sampler, local);
                }
                context.progress(pairs.size(), order.items().size(), "pairs");
            }
        }
        tensors.write(context.pendingOutput().resolve(PreferenceSamples.TENSORS_FILE_NAME));
        Files.writeString(
                context.pendingOutput().resolve(PreferenceSamples.FILE_NAME),
                Json.pretty(new PreferenceSamples(samples)));
        Files.writeString(
                context.pendingOutput().resolve(ReversedPairs.FILE_NAME), Json.pretty(new ReversedPairs(pairs)));
    }

    private void add(Item item, LatentLibrary latents, EulerSampler sampler, NDManager local) {
        VideoShape shape = order.shape();
        FloatBuffer real_CFHW = latents.latent_CFHW(item.clipId(), shape);
        FloatBuffer text_SD = latents.text_SD(item.clipId());
        Shape latent = new Shape(
                1, DitParameters.LATENT_CHANNELS, shape.latentFrames(), shape.latentHeight(), shape.latentWidth());
        NDArray latent_BCFHW = EngineMemory.array(local, latent, real_CFHW.duplicate());
        NDArray noise_BCFHW = local.zeros(latent);
        CounterNoise.of(order.reversal().seed(), NOISE, CounterNoise.counter(item.clipId()), item.conditionedFrames())
                .fillGaussian(EngineMemory.floats(noise_BCFHW));
        int width = latents.textWidth();
        NDArray text = EngineMemory.array(local, new Shape(text_SD.limit() / width, width), text_SD.duplicate());
        NDArray reversed_BCFHW = sampler.sample(
                new SamplingRequest(
                        latent_BCFHW,
                        noise_BCFHW,
                        item.conditionedFrames() == 0 ? Set.of() : Set.of(0),
                        text,
                        text,
                        DitCondition.consecutive(shape.latentFrames()),
                        shape.fps(),
                        TimestepShift.of(shape),
                        order.reversal().startStep()),
                local);
        double distance = distance(item, real_CFHW, EngineMemory.floats(reversed_BCFHW));
        keep(item, item.realId(), latent_BCFHW, Map.of());
        keep(item, item.reversedId(), reversed_BCFHW, Map.of("latent-distance", distance));
        pairs.add(new Pair(
                "reversal-" + item.clipId() + "-" + item.conditionedFrames(), item.realId(), item.reversedId()));
    }

    private void keep(Item item, String id, NDArray latent_BCFHW, Map<String, Double> measures) {
        String tensor = "sample." + id;
        tensors.add(tensor, latent_BCFHW.squeeze(0));
        samples.add(new PreferenceSamples.Sample(
                id,
                item.clipId(),
                item.conditionedFrames(),
                item.caption(),
                order.reversal().seed(),
                order.shape(),
                measures,
                tensor));
    }

    /** Root mean square over the latent's values. */
    private static double distance(Item item, FloatBuffer real, FloatBuffer reversed) {
        double sum = 0;
        for (int i = 0; i < real.limit(); i++) {
            double apart = reversed.get(i) - real.get(i);
            sum += apart * apart;
        }
        if (!Double.isFinite(sum)) {
            throw new WorkFailure(
                    FailureKind.DIVERGED,
                    "Cannot make a pair of clip '%s': what the model made of it is not finite. Check the checkpoint's losses and use an earlier one."
                            .formatted(item.clipId()));
        }
        return Math.sqrt(sum / real.limit());
    }
}
