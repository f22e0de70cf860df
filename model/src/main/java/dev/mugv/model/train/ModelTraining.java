package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.device.Device;
import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.dit.Computation;
import dev.mugv.model.dit.ModelRanks;
import dev.mugv.model.dit.ModelShare;
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
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            ValidationLoss validation = new ValidationLoss(order.validationGrid(), latents);
            if (order.objective() instanceof FlowMatching objective) {
                FlowSampler sampler = new FlowSampler(objective.stage(), order.trainingClips(), latents);
                Trainable trainable = new FlowTraining(model, sampler, validation, objective.stage(), ranks);
                StagePublication publication = new StagePublication(
                        context, plan(objective, environment), objective.keptCheckpoints(), validation);
                run(trainable, publication, model, groups, scope);
            } else if (order.objective() instanceof Preference objective) {
                try (DitModel reference = DitModel.frozenCopy(model, objective.precision(), computing)) {
                    Trainable trainable =
                            new PreferenceAlignment(model, reference, data(objective, latents, validation), ranks);
                    StagePublication publication =
                            new StagePublication(context, plan(objective.training(), environment), 0, validation);
                    run(trainable, publication, model, groups, scope);
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

    private void run(
            Trainable trainable, StagePublication publication, DitModel model, TrainingGroups groups, NDManager scope)
            throws IOException {
        try (TrainingLoop loop = new TrainingLoop(context, publication.plan(), trainable, groups, scope)) {
            Optional<TrainingSummary> summary = loop.run();
            if (summary.isEmpty()) {
                return;
            }
            Map<String, Double> further = model.transformer().share().isWhole()
                    ? publication.publish(loop.keptCheckpoints(), model)
                    : publishWhole(loop, publication, model);
            Files.writeString(
                    context.pendingOutput().resolve(TrainingSummary.FILE_NAME),
                    Json.pretty(summary.get().with(further)));
        }
    }

    /** Of a model that several ranks hold together, the leader puts the checkpoints' parts together again. */
    private Map<String, Double> publishWhole(TrainingLoop loop, StagePublication publication, DitModel part)
            throws IOException {
        try (DitModel whole = DitModel.published(part.size(), order.objective().tuning(), part.scope())) {
            initialise(whole);
            return publication.publish(loop.keptCheckpoints(), whole);
        }
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

    private PreferenceAlignment.Data data(Preference objective, LatentLibrary latents, ValidationLoss validation)
            throws IOException {
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
                validation,
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
        Retention retention = retention(objective.keptCheckpoints(), stage.ema(), stage.checkpointEvery());
        return plan(
                        stage.name(),
                        stage.updates(),
                        stage.batch(),
                        stage.optimizer(),
                        retention,
                        stage.seed(),
                        environment)
                .validatedEvery(stage.validateEvery())
                .averagedBy(stage.ema())
                .judgedOn(order.validationGrid(), stage.plateauSchedule());
    }

    private TrainingPlan plan(PreferenceTraining training, Map<String, String> environment) {
        Retention retention = retention(0, training.ema(), training.checkpointEvery());
        return plan(
                        training.name(),
                        training.updates(),
                        training.batch(),
                        training.optimizer(),
                        retention,
                        training.seed(),
                        environment)
                .averagedBy(training.ema());
    }

    /** What merging and synthesis need stays to the end. */
    private static Retention retention(int merged, Optional<WeightAveraging> ema, int every) {
        int snapshots = ema.map(WeightAveraging::keptSnapshots).orElse(0);
        return new Retention(Math.max(KEPT_AT_LEAST, Math.max(merged, snapshots)), every);
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
