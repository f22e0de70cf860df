package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.MergeCheckpointsOrder;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * One {@code MERGE_CHECKPOINTS} order: the weighted mean of a training's newest checkpoints, with exponentially decaying
 * weights (mugv.md, section 5.5). Where an order asks for it, several decays are tried after the fact, and the one with the least
 * validation loss is published. Sums are in double, oldest first.
 */
public final class CheckpointMerging {
    private static final String STAGE = "merge-checkpoints";

    private final TaskContext context;
    private final MergeCheckpointsOrder order;

    public CheckpointMerging(TaskContext context) {
        this.context = context;
        this.order = context.parameters(MergeCheckpointsOrder.class);
    }

    /** Merges, and leaves model, description and the weights used in the task's output. */
    public void run() throws IOException {
        PublishedModel source =
                PublishedModel.in(context.input(context.order().inputs().get(0)));
        List<ModelDescription.Checkpoint> all = source.description().checkpoints();
        if (all.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot merge the checkpoints of '%s': expected at least one, found none. Train the stage with kept checkpoints."
                            .formatted(source.folder()));
        }
        List<ModelDescription.Checkpoint> merged = all.subList(Math.max(0, all.size() - order.newest()), all.size());
        Path output = context.pendingOutput();
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                DitModel model = DitModel.frozen(source.description().size(), scope)) {
            List<CheckpointMerge.Candidate> candidates = explore(source.folder(), merged, model, scope);
            CheckpointMerge.Candidate chosen = candidates.stream()
                    .min(Comparator.comparingDouble(CheckpointMerge.Candidate::validationLoss))
                    .orElse(new CheckpointMerge.Candidate(order.decay(), Double.NaN));
            List<CheckpointMerge.Weight> weights = weights(merged, chosen.decay());
            merge(source.folder(), merged, weights, model);
            PublishedModel.write(model, PublishedModel.Origin.withoutUpdates(STAGE), context);
            CheckpointMerge made = new CheckpointMerge(weights, candidates, reason(chosen, candidates));
            Files.writeString(output.resolve(CheckpointMerge.FILE_NAME), Json.pretty(made));
        }
    }

    /** The validation loss of every decay asked for, the configured one among them; nothing where none is asked for. */
    private List<CheckpointMerge.Candidate> explore(
            Path folder, List<ModelDescription.Checkpoint> merged, DitModel model, NDManager scope) {
        if (order.exploration().isEmpty()) {
            return List.of();
        }
        MergeCheckpointsOrder.Exploration exploration = order.exploration().get();
        TreeSet<Double> decays = new TreeSet<>(exploration.decays());
        decays.add(order.decay());
        List<CheckpointMerge.Candidate> candidates = new ArrayList<>();
        try (LatentDataset dataset = LatentDataset.open(shards())) {
            ValidationLoss validation = new ValidationLoss(exploration.grid(), new LatentLibrary(dataset, scope));
            for (double decay : decays) {
                if (context.isStopRequested()) {
                    throw new StopRequestedException(
                            "stopped after %d of %d decays".formatted(candidates.size(), decays.size()));
                }
                merge(folder, merged, weights(merged, decay), model);
                model.transformer().parametersChanged();
                double loss = validation.of(model.transformer(), model.flow(), model.scope(), Ranks.alone());
                if (!Double.isFinite(loss)) {
                    throw new WorkFailure(
                            FailureKind.DIVERGED,
                            "Cannot choose among decays: the validation loss of decay %s is %s. Check the stage's losses."
                                    .formatted(decay, loss));
                }
                candidates.add(new CheckpointMerge.Candidate(decay, loss));
                context.progress(candidates.size(), decays.size(), "decays");
            }
        }
        return candidates;
    }

    private List<Path> shards() {
        return context.order().inputs().stream()
                .filter(ref -> ref.task() == TaskKind.ENCODE_LATENTS || ref.task() == TaskKind.IMPORT_LATENTS)
                .map(context::input)
                .toList();
    }

    private String reason(CheckpointMerge.Candidate chosen, List<CheckpointMerge.Candidate> candidates) {
        if (candidates.isEmpty()) {
            return "decay %s as configured; no other was tried".formatted(order.decay());
        }
        double configured = candidates.stream()
                .filter(candidate -> candidate.decay() == order.decay())
                .mapToDouble(CheckpointMerge.Candidate::validationLoss)
                .findFirst()
                .orElseThrow();
        return "decay %s has the least validation loss of %d tried, %.6f; the configured decay %s has %.6f"
                .formatted(chosen.decay(), candidates.size(), chosen.validationLoss(), order.decay(), configured);
    }

    /** Weights proportional to {@code decay^age}, the newest having age 0; they sum to 1. */
    static List<CheckpointMerge.Weight> weights(List<ModelDescription.Checkpoint> checkpoints, double decay) {
        double sum = 0;
        for (int age = 0; age < checkpoints.size(); age++) {
            sum += Math.pow(decay, age);
        }
        List<CheckpointMerge.Weight> weights = new ArrayList<>();
        for (int i = 0; i < checkpoints.size(); i++) {
            double weight = Math.pow(decay, checkpoints.size() - 1.0 - i) / sum;
            weights.add(new CheckpointMerge.Weight(checkpoints.get(i).update(), weight));
        }
        return weights;
    }

    private static void merge(
            Path folder,
            List<ModelDescription.Checkpoint> checkpoints,
            List<CheckpointMerge.Weight> weights,
            DitModel model) {
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            for (ModelDescription.Checkpoint checkpoint : checkpoints) {
                SafetensorsFile file = SafetensorsFile.open(folder.resolve(checkpoint.file()));
                files.add(file);
                file.requireExactly(model.parameters().shapes());
            }
            for (ParameterShape shape : model.parameters().shapes()) {
                mergeTensor(files, weights, shape.name(), model.parameters().values(shape.name()));
            }
        } finally {
            files.forEach(SafetensorsFile::close);
        }
    }

    private static void mergeTensor(
            List<SafetensorsFile> files, List<CheckpointMerge.Weight> weights, String name, FloatBuffer target) {
        double[] sums = new double[target.limit()];
        for (int k = 0; k < files.size(); k++) {
            float[] values = files.get(k).floats(name);
            double weight = weights.get(k).weight();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * values[i];
            }
        }
        for (int i = 0; i < sums.length; i++) {
            target.put(i, (float) sums[i]);
        }
    }
}
