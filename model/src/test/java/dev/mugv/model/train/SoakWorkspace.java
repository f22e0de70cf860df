package dev.mugv.model.train;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.SpikeRules;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A workspace with published latents and one order to train on them, as a controller leaves it to workers: what the soak kills
 * them over. The training looks for spikes, so that what the guard remembers is part of what must survive.
 *
 * @param order to be carried out
 * @param attempt where its runs claim, and leave their exit records
 */
public record SoakWorkspace(WorkOrder order, AttemptFolder attempt) {
    private static final String TOKEN = "50a4".repeat(8);

    /** Prepares one in an empty folder. */
    public static SoakWorkspace prepare(Path workspace, int updates, int checkpointEvery) throws IOException {
        ArtifactStore store = new ArtifactStore(workspace);
        ArtifactRef latents = publishLatents(store, workspace);
        OptimizerConfiguration optimizer = new OptimizerConfiguration(
                2e-3, 2e-4, 4, 0.9, 0.99, 1e-8, 0.01, 1, new SpikeRules(SpikeRules.Policy.REWIND, 3, 0.95, 20, 1000));
        TrainingStage stage = new TrainingStage(
                "soak",
                updates,
                3,
                List.of(new ShapePhase(0.5, TinyTraining.SMALL), new ShapePhase(1, TinyTraining.LONG)),
                0.6,
                0,
                0.5,
                new CaptionDropout(CaptionDropout.Kind.SAMPLE, 0.2, 0.2),
                optimizer,
                checkpointEvery,
                5,
                ComputePrecision.FP32);
        TrainModelOrder training = TinyTraining.order(new TrainModelOrder.FlowMatching(stage, 2));
        JsonNode parameters = Json.tree(training);
        List<ArtifactRef> inputs = List.of(latents);
        ArtifactKey key =
                ArtifactKey.of(TaskKind.TRAIN_MODEL, new CodeVersion().of(TaskKind.TRAIN_MODEL), parameters, inputs);
        WorkOrder order = order(workspace, TaskKind.TRAIN_MODEL, key, parameters, inputs);
        AttemptFolder attempt = AttemptFolder.of(workspace, TOKEN, 0);
        Files.createDirectories(attempt.path());
        Files.write(attempt.order(), Json.bytes(order));
        return new SoakWorkspace(order, attempt);
    }

    /** Where checkpoints and metrics are. */
    public Path durableFolder() {
        return new ArtifactStore(order.workspace()).durableFolder(order.task(), order.key());
    }

    /** The published weights. */
    public Path weights() {
        return new ArtifactStore(order.workspace())
                .folder(order.task(), order.key())
                .resolve("model.safetensors");
    }

    private static ArtifactRef publishLatents(ArtifactStore store, Path workspace) throws IOException {
        JsonNode parameters = Json.tree("latents of the soak");
        ArtifactKey key = ArtifactKey.of(TaskKind.ENCODE_LATENTS, "soak", parameters, List.of());
        WorkOrder order = order(workspace, TaskKind.ENCODE_LATENTS, key, parameters, List.of());
        Path pending = store.begin(order, 0);
        Path made = Files.createTempDirectory(workspace, "latents");
        TinyTraining tiny = new TinyTraining(made);
        tiny.writeShard(List.of("a", "b", "c", "held"), TinyTraining::latent);
        try (Stream<Path> files = Files.list(made.resolve("shard"))) {
            for (Path file : files.toList()) {
                Files.move(file, pending.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return store.publish(pending, order, "soak", () -> {});
    }

    private static WorkOrder order(
            Path workspace, TaskKind task, ArtifactKey key, JsonNode parameters, List<ArtifactRef> inputs) {
        return new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                TOKEN,
                0,
                1,
                task,
                key,
                workspace,
                parameters,
                inputs,
                1,
                List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
    }
}
