package dev.mugv.model.train;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.CheckpointMerge.Candidate;
import dev.mugv.model.format.CheckpointMerge.Comparison;
import dev.mugv.model.format.MergeCheckpointsOrder;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.statistics.PairedDifference;
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
import java.util.Optional;
import java.util.TreeMap;

/**
 * One {@code MERGE_CHECKPOINTS} order: the weighted mean of a training's newest checkpoints, with exponentially decaying
 * weights (mugv.md, section 5.5). Where an order asks for it, several {@link MergeCandidate}s are tried after the fact, averages that
 * were kept and such as are put together among them, and the one with the least validation loss is published. Sums are in double,
 * oldest first.
 */
public final class CheckpointMerging {
    private static final String STAGE = "merge-checkpoints";

    private final TaskContext context;
    private final MergeCheckpointsOrder order;

    public CheckpointMerging(TaskContext context) {
        this.context = context;
        this.order = context.parameters(MergeCheckpointsOrder.class);
    }

    /** Merges, and leaves model, description, the weights used and what else was tried in the task's output. */
    public void run() throws IOException {
        PublishedModel source =
                PublishedModel.in(context.input(context.order().inputs().get(0)));
        List<MergeCandidate> all = MergeCandidate.of(source, order);
        Path output = context.pendingOutput();
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        try (NDManager scope = runtime.newScope();
                DitModel model = DitModel.frozen(source.description().size(), scope)) {
            List<Candidate> tried = explore(source.folder(), all, model, scope);
            List<Candidate> ranking = tried.stream()
                    .sorted(Comparator.comparingDouble(Candidate::validationLoss))
                    .toList();
            MergeCandidate chosen = ranking.isEmpty() ? all.get(0) : named(all, ranking.get(0));
            sum(source.folder(), chosen.weights(), model);
            PublishedModel.write(model, PublishedModel.Origin.withoutUpdates(STAGE), context);
            Optional<Comparison> comparison = comparison(ranking);
            CheckpointMerge made = new CheckpointMerge(
                    chosen.name(), chosen.weights(), tried, comparison, reason(chosen, ranking, comparison));
            Files.writeString(output.resolve(CheckpointMerge.FILE_NAME), Json.pretty(made));
        }
    }

    private static MergeCandidate named(List<MergeCandidate> all, Candidate candidate) {
        return all.stream()
                .filter(each -> each.name().equals(candidate.name()))
                .findFirst()
                .orElseThrow();
    }

    /** The validation loss of every candidate; nothing where none is to be tried. */
    private List<Candidate> explore(Path folder, List<MergeCandidate> all, DitModel model, NDManager scope) {
        if (order.exploration().isEmpty()) {
            return List.of();
        }
        ValidationGrid grid = order.exploration().get().grid();
        List<Candidate> tried = new ArrayList<>();
        try (LatentDataset dataset = LatentDataset.open(shards())) {
            ValidationLoss validation = new ValidationLoss(grid, new LatentLibrary(dataset, scope));
            for (MergeCandidate candidate : all) {
                if (context.isStopRequested()) {
                    throw new StopRequestedException(
                            "stopped after %d of %d candidates".formatted(tried.size(), all.size()));
                }
                sum(folder, candidate.weights(), model);
                model.transformer().parametersChanged();
                tried.add(measured(
                        candidate,
                        grid,
                        validation.each(model.transformer(), model.flow(), model.scope(), Ranks.alone())));
                context.progress(tried.size(), all.size(), "candidates");
            }
        }
        return tried;
    }

    /** @param losses clip after clip, of each its timesteps */
    private static Candidate measured(MergeCandidate candidate, ValidationGrid grid, double[] losses) {
        double sum = 0;
        TreeMap<String, Double> byClip = new TreeMap<>();
        for (int i = 0; i < losses.length; i++) {
            sum += losses[i];
            byClip.merge(grid.clipIds().get(i / grid.timesteps()), losses[i] / grid.timesteps(), Double::sum);
        }
        double mean = sum / losses.length;
        if (!Double.isFinite(mean)) {
            throw new WorkFailure(
                    FailureKind.DIVERGED,
                    "Cannot choose among merged weights: the validation loss of '%s' is %s. Check the stage's losses."
                            .formatted(candidate.name(), mean));
        }
        return new Candidate(candidate.name(), candidate.description(), mean, byClip, candidate.error());
    }

    private List<Path> shards() {
        return context.order().inputs().stream()
                .filter(ref -> ref.task() == TaskKind.ENCODE_LATENTS || ref.task() == TaskKind.IMPORT_LATENTS)
                .map(context::input)
                .toList();
    }

    private static Optional<Comparison> comparison(List<Candidate> ranking) {
        if (ranking.size() < 2) {
            return Optional.empty();
        }
        Candidate next = ranking.get(1);
        return PairedDifference.between(ranking.get(0).clipLosses(), next.clipLosses())
                .map(found ->
                        new Comparison(next.name(), found.mean(), found.chance(), found.pairs(), found.verdict()));
    }

    private static String reason(MergeCandidate chosen, List<Candidate> ranking, Optional<Comparison> comparison) {
        if (ranking.isEmpty()) {
            return "%s as configured; nothing else was tried".formatted(chosen.name());
        }
        String least = "%s has the least validation loss of %d tried, %.6f"
                .formatted(chosen.name(), ranking.size(), ranking.get(0).validationLoss());
        return comparison
                .map(next -> "%s; the runner-up %s has %.6f: %s"
                        .formatted(least, next.runnerUp(), ranking.get(1).validationLoss(), next.words()))
                .orElse(least);
    }

    private static void sum(Path folder, List<CheckpointMerge.Weight> weights, DitModel model) {
        List<SafetensorsFile> files = new ArrayList<>();
        try {
            for (CheckpointMerge.Weight weight : weights) {
                SafetensorsFile file = SafetensorsFile.open(folder.resolve(weight.file()));
                files.add(file);
                file.requireExactly(model.parameters().shapes());
            }
            for (ParameterShape shape : model.parameters().shapes()) {
                sumTensor(files, weights, shape.name(), model.parameters().values(shape.name()));
            }
        } finally {
            files.forEach(SafetensorsFile::close);
        }
    }

    private static void sumTensor(
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
