package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.format.GeneratePreferencesOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.TrainedModel;
import dev.mugv.model.worker.task.SampleGeneration.MadeSample;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code GENERATE_PREFERENCES}: several samples of each conditioning, from different noise, to be compared with each other:
 * their latents for the trainer, their measures for the automatic rule, their videos for people who label.
 */
public final class GeneratePreferencesTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        GeneratePreferencesOrder order = context.parameters(GeneratePreferencesOrder.class);
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        SafetensorsWriter latents = new SafetensorsWriter(Map.of());
        List<PreferenceSamples.Sample> samples = new ArrayList<>();
        try (NDManager scope = runtime.newScope();
                TrainedModel model = TrainedModel.open(
                        TaskInputs.only(context, TaskInputs.MODEL),
                        order.settings().sampler().precision(),
                        scope);
                SampleGeneration generation = SampleGeneration.open(context, order.settings(), model, runtime, scope)) {
            int total = order.items().size() * order.samplesPerItem();
            for (GenerationItem item : order.items()) {
                for (int number = 0; number < order.samplesPerItem(); number++) {
                    if (context.isStopRequested()) {
                        throw new StopRequestedException(
                                "stopped after %d of %d samples".formatted(samples.size(), total));
                    }
                    try (NDManager local = scope.newSubManager()) {
                        MadeSample made = generation.make(item, number, local);
                        generation.write(made);
                        samples.add(sample(order, item, made, latents));
                    }
                    context.progress(samples.size(), total, "samples");
                }
            }
        }
        latents.write(context.pendingOutput().resolve(PreferenceSamples.TENSORS_FILE_NAME));
        Files.writeString(
                context.pendingOutput().resolve(PreferenceSamples.FILE_NAME),
                Json.pretty(new PreferenceSamples(samples)));
    }

    private static PreferenceSamples.Sample sample(
            GeneratePreferencesOrder order, GenerationItem item, MadeSample made, SafetensorsWriter latents) {
        String tensor = "sample." + made.sampleId();
        NDArray latent_CFHW = made.video().latent_BCFHW().squeeze(0);
        latents.add(tensor, latent_CFHW);
        return new PreferenceSamples.Sample(
                made.sampleId(),
                item.name(),
                item.conditioning().latentFrames(),
                item.prompt(),
                made.seed(),
                order.settings().shape(),
                made.scores(),
                tensor);
    }
}
