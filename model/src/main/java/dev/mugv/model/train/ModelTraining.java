package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.device.Device;
import dev.mugv.model.checkpoint.Checkpoint;
import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.dit.Computation;
import dev.mugv.model.dit.ModelRanks;
import dev.mugv.model.dit.ModelShare;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.PreferenceLabels;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainModelOrder.FlowMatching;
import dev.mugv.model.format.TrainModelOrder.Preference;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.parallel.TrainingGroups;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.Communication;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.sampling.AlignmentDraws;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One {@code TRAIN_MODEL} order from its inputs to its artifact's files. */
public final class ModelTraining {
    private static final int KEPT_AT_LEAST = 2;

    private final TaskContext context;
    private final TrainModelOrder order;

    public ModelTraining(TaskContext context) {
        this.context = context;
        this.order = context.parameters(TrainModelOrder.class);
    }

    /** Trains, or goes on training, and leaves the artifact's files in the task's output. */
    public void run() throws IOException {
        Communication communication = context.order().communication();
        TrainingRanks.of(context)
                .run(world -> train(
                        TrainingGroups.of(world, communication.tensor(), communication.pipeline(), order.mode())));
    }

    private void train(TrainingGroups groups) throws IOException {
        ModelShare share = ModelShare.of(
                order.size(), groups.layout(), groups.all().rank(), groups.all().size());
        Tuning tuning = order.objective().tuning();
        Ranks ranks = groups.samples();
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        TrainingDevice device = TrainingDevice.of(context, groups.all().rank());
        requireHost(share, device);
        Map<String, String> environment = Environment.of(runtime, groups);
        environment.put("device", device.description());
        // Latents, optimizer and checkpoints are the host's; the model computes where it is told.
        try (NDManager scope = runtime.newScope();
                NDManager computing = runtime.newScope(device.device());
                LatentDataset dataset =
                        LatentDataset.open(inputs(List.of(TaskKind.ENCODE_LATENTS, TaskKind.IMPORT_LATENTS)));
                DitModel model = DitModel.trainable(
                        share,
                        share.isWhole()
                                ? ModelRanks.ALONE
                                : ModelRanks.of(share, groups.replica().data()),
                        new Computation(order.objective().precision(), tuning.recomputation()),
                        tuning,
                        computing)) {
            initialise(model);
            LatentLibrary latents = new LatentLibrary(dataset, scope);
            if (order.objective() instanceof FlowMatching objective) {
                FlowSampler sampler = new FlowSampler(objective.stage(), order.trainingClips(), latents);
                Trainable trainable = new FlowTraining(
                        model, sampler, new ValidationLoss(order.validationGrid(), latents), objective.stage(), ranks);
                run(trainable, plan(objective, environment), model, groups, scope);
            } else if (order.objective() instanceof Preference objective) {
                try (DitModel reference = DitModel.frozenCopy(model, objective.precision(), computing)) {
                    Trainable trainable = new PreferenceAlignment(model, reference, data(objective, latents), ranks);
                    run(trainable, plan(objective.training(), environment), model, groups, scope);
                }
            }
        }
    }

    /** What ranks of one model hand each other lies in host memory. */
    private static void requireHost(ModelShare share, TrainingDevice device) {
        if (!share.isWhole() && device.device().kind() == Device.Kind.CUDA) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train on cuda: expected the whole model on each rank, found %d x %d ranks that hold it together. Remove 'tensor' and 'pipeline' from 'parallel', or use the device 'cpu'."
                            .formatted(share.tensorRanks(), share.stages()));
        }
    }

    private void run(Trainable trainable, TrainingPlan plan, DitModel model, TrainingGroups groups, NDManager scope)
            throws IOException {
        Path output = context.pendingOutput();
        try (TrainingLoop loop = new TrainingLoop(context, plan, trainable, groups, scope)) {
            Optional<TrainingSummary> summary = loop.run();
            if (summary.isEmpty()) {
                return;
            }
            if (model.transformer().share().isWhole()) {
                publish(loop, plan, model);
            } else {
                publishWhole(loop, plan, model);
            }
            Files.writeString(output.resolve(TrainingSummary.FILE_NAME), Json.pretty(summary.get()));
        }
    }

    private void publish(TrainingLoop loop, TrainingPlan plan, DitModel model) throws IOException {
        PublishedModel.write(
                model,
                new PublishedModel.Origin(
                        plan.stage(), plan.updates(), copyCheckpoints(loop, model, context.pendingOutput())),
                context);
    }

    /** Of a model that several ranks hold together, the leader puts the last checkpoint's parts together again. */
    private void publishWhole(TrainingLoop loop, TrainingPlan plan, DitModel part) throws IOException {
        try (DitModel whole = DitModel.published(part.size(), order.objective().tuning(), part.scope())) {
            initialise(whole);
            List<Checkpoint> all = loop.keptCheckpoints();
            try (TensorSource weights = all.get(all.size() - 1).tensors(TrainingLoop.WEIGHTS)) {
                whole.parameters().fill(weights);
            }
            publish(loop, plan, whole);
        }
    }

    private List<ModelDescription.Checkpoint> copyCheckpoints(TrainingLoop loop, DitModel model, Path output)
            throws IOException {
        int kept = order.objective() instanceof FlowMatching objective ? objective.keptCheckpoints() : 0;
        List<ModelDescription.Checkpoint> copies = new ArrayList<>();
        if (kept == 0) {
            return copies;
        }
        List<Checkpoint> all = loop.keptCheckpoints();
        Files.createDirectories(output.resolve("checkpoints"));
        for (Checkpoint checkpoint : all.subList(Math.max(0, all.size() - kept), all.size())) {
            long update = checkpoint.state().update();
            String file = "checkpoints/update-%08d.safetensors".formatted(update);
            // A checkpoint holds what is trained; what is published is the whole model. The last one is the model as it
            // stands.
            try (TensorSource weights = checkpoint.tensors(TrainingLoop.WEIGHTS)) {
                model.parameters().fill(weights);
            }
            model.write(output.resolve(file));
            copies.add(new ModelDescription.Checkpoint(Math.toIntExact(update), file));
        }
        return copies;
    }

    private void initialise(DitModel model) {
        List<Path> initial = inputs(List.of(
                TaskKind.IMPORT_MODEL, TaskKind.TRAIN_MODEL, TaskKind.EXPAND_WIDTH, TaskKind.MERGE_CHECKPOINTS));
        boolean required = order.objective() instanceof Preference;
        if (initial.size() > 1 || (required && initial.isEmpty())) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train '%s': expected %s initial model, found %d. Correct the order's inputs."
                            .formatted(order.objective().name(), required ? "one" : "at most one", initial.size()));
        }
        if (initial.isEmpty()) {
            model.initialise(seed());
        } else {
            PublishedModel published = PublishedModel.in(initial.get(0));
            published.requireSize(order.size());
            model.read(published.weights(), seed());
        }
    }

    private PreferenceAlignment.Data data(Preference objective, LatentLibrary latents) throws IOException {
        PreferenceLabels labels = labels(objective);
        PreferenceLibrary library = PreferenceLibrary.open(
                inputs(List.of(TaskKind.GENERATE_PREFERENCES, TaskKind.REVERSE_SAMPLE)),
                labels,
                objective.shape(),
                latents);
        PreferenceSources sources = new PreferenceSources(labels, library.reversals());
        TrainingStage regulariser = AlignmentDraws.regulariser(objective);
        return new PreferenceAlignment.Data(
                objective,
                sources,
                library,
                new FlowSampler(regulariser, order.trainingClips(), latents),
                new ValidationLoss(order.validationGrid(), latents),
                new PreferenceGrid(objective.training(), sources, order.validationGrid(), library));
    }

    private PreferenceLabels labels(Preference objective) throws IOException {
        if (!objective.training().isLabelled()) {
            return new PreferenceLabels(List.of(), List.of());
        }
        Path file = context.order().workspace().resolve(objective.labelsFile());
        byte[] content = Files.readAllBytes(file);
        String found = Sha256.of(content);
        if (!found.equals(objective.labelsSha256())) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot read labels '%s': expected SHA-256 %s, found %s. Import the labels again."
                            .formatted(file, objective.labelsSha256(), found));
        }
        return PreferenceLabels.parse(new String(content, java.nio.charset.StandardCharsets.UTF_8));
    }

    private List<Path> inputs(List<TaskKind> tasks) {
        return context.order().inputs().stream()
                .filter(ref -> tasks.contains(ref.task()))
                .map((ArtifactRef ref) -> context.input(ref))
                .toList();
    }

    private long seed() {
        return order.objective() instanceof FlowMatching objective
                ? objective.stage().seed()
                : 0;
    }

    private TrainingPlan plan(FlowMatching objective, Map<String, String> environment) {
        TrainingStage stage = objective.stage();
        Retention retention =
                new Retention(Math.max(KEPT_AT_LEAST, objective.keptCheckpoints()), stage.checkpointEvery());
        return plan(
                        stage.name(),
                        stage.updates(),
                        stage.batch(),
                        stage.optimizer(),
                        retention,
                        stage.seed(),
                        environment)
                .validatedEvery(stage.validateEvery());
    }

    private TrainingPlan plan(PreferenceTraining training, Map<String, String> environment) {
        Retention retention = new Retention(KEPT_AT_LEAST, training.checkpointEvery());
        return plan(
                training.name(),
                training.updates(),
                training.batch(),
                training.optimizer(),
                retention,
                training.seed(),
                environment);
    }

    // Seven values that both kinds of stage have under the same names, but no common type.
    private TrainingPlan plan(
            String stage,
            int updates,
            int batch,
            OptimizerConfiguration optimizer,
            Retention retention,
            long seed,
            Map<String, String> environment) {
        return new TrainingPlan(
                stage,
                updates,
                batch,
                optimizer,
                retention,
                Map.of("training", seed, "validation", order.validationGrid().seed()),
                new CodeVersion().of(TaskKind.TRAIN_MODEL),
                environment);
    }
}
