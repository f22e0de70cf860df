package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.format.TrainVaeOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.parallel.TrainingGroups;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.Environment;
import dev.mugv.model.train.TrainingLoop;
import dev.mugv.model.train.TrainingPlan;
import dev.mugv.model.train.TrainingRanks;
import dev.mugv.model.vae.PerceptualNetwork;
import dev.mugv.model.vae.VaeReconstruction;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;

/** {@link TaskKind#TRAIN_VAE}: trains a VideoVAE on crops of clips and measures its latents' normalisation. */
public final class TrainVaeTask implements WorkTask {
    private static final String STAGE = "vae";
    private static final int KEPT_CHECKPOINTS = 2;

    @Override
    public void run(TaskContext context) throws IOException {
        TrainVaeOrder order = context.parameters(TrainVaeOrder.class);
        TrainingRanks.of(context).run(world -> {
            // Each rank holds the VideoVAE whole.
            TrainingGroups groups = TrainingGroups.ofSamples(new Ranks(world, order.mode()));
            TorchRuntime runtime = TorchRuntime.start(context.order().threads());
            Optional<PerceptualNetwork> perceptual = PerceptualFile.open(context, order.perceptual());
            try {
                train(context, order, groups, perceptual, runtime);
            } finally {
                perceptual.ifPresent(PerceptualNetwork::close);
            }
        });
    }

    private static void train(
            TaskContext context,
            TrainVaeOrder order,
            TrainingGroups groups,
            Optional<PerceptualNetwork> perceptual,
            TorchRuntime runtime)
            throws IOException {
        VaeTraining training = order.training();
        String codeVersion = new CodeVersion().of(TaskKind.TRAIN_VAE);
        TrainingPlan plan = new TrainingPlan(
                STAGE,
                training.updates(),
                training.batch(),
                training.optimizer(),
                new Retention(KEPT_CHECKPOINTS, training.checkpointEvery()),
                Map.of("vae", training.seed()),
                codeVersion,
                Environment.of(runtime, groups));
        try (NDManager scope = runtime.newScope();
                VideoVae vae = VideoVae.untrained(scope, order.size(), training.seed());
                VaeReconstruction reconstruction = new VaeReconstruction(
                        vae,
                        training,
                        new VaeReconstruction.Clips(order.trainingClips(), order.validationClips()),
                        perceptual,
                        groups.samples(),
                        scope)) {
            Optional<TrainingSummary> summary;
            try (TrainingLoop loop = new TrainingLoop(context, plan, reconstruction, groups, scope)) {
                summary = loop.run();
            }
            reconstruction.measureNormalisation();
            if (summary.isEmpty()) {
                return; // another rank publishes
            }
            VaeFiles.write(context, vae, VaeDescription.Origin.TRAINED, codeVersion);
            Files.writeString(context.pendingOutput().resolve(TrainingSummary.FILE_NAME), Json.pretty(summary.get()));
        }
    }
}
