package dev.mugv.model.train;

import dev.mugv.model.averaging.ProfileSynthesis;
import dev.mugv.model.config.WeightAverage;
import dev.mugv.model.format.CheckpointMerge.Weight;
import dev.mugv.model.format.MergeCheckpointsOrder;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Weights that may be published of a training: a sum of files that it left.
 *
 * @param name short and unique
 * @param description what they are
 * @param weights of the files, oldest first; they sum to 1
 * @param error of an average that is put together
 */
record MergeCandidate(String name, String description, List<Weight> weights, Optional<Double> error) {
    private static final int FEWEST_PROFILES = 2;

    MergeCandidate {
        weights = List.copyOf(weights);
    }

    /**
     * What the order names: the configured decay alone, or all that is to be tried.
     *
     * @throws WorkFailure of kind INVALID_REQUEST if the training kept no checkpoints, or no snapshots for the lengths asked for
     */
    static List<MergeCandidate> of(PublishedModel trained, MergeCheckpointsOrder order) {
        List<ModelDescription.Checkpoint> all = trained.description().checkpoints();
        if (all.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot merge the checkpoints of '%s': expected at least one, found none. Train the stage with kept checkpoints."
                            .formatted(trained.folder()));
        }
        List<ModelDescription.Checkpoint> merged = all.subList(Math.max(0, all.size() - order.newest()), all.size());
        if (order.exploration().isEmpty()) {
            return List.of(mean(merged, order.decay()));
        }
        MergeCheckpointsOrder.Exploration exploration = order.exploration().get();
        List<MergeCandidate> candidates = new ArrayList<>();
        candidates.add(last(all.get(all.size() - 1)));
        TreeSet<Double> decays = new TreeSet<>(exploration.decays());
        decays.add(order.decay());
        decays.forEach(decay -> candidates.add(mean(merged, decay)));
        List<ModelDescription.Snapshot> snapshots = trained.description().snapshots();
        candidates.addAll(kept(snapshots));
        for (double length : new TreeSet<>(exploration.lengths())) {
            if (candidates.stream().noneMatch(known -> known.name().equals(new WeightAverage.Power(length).label()))) {
                candidates.add(synthesised(trained.folder(), snapshots, length));
            }
        }
        return candidates;
    }

    private static MergeCandidate last(ModelDescription.Checkpoint checkpoint) {
        return new MergeCandidate(
                "last",
                "the weights after the last update",
                List.of(new Weight(checkpoint.update(), checkpoint.file(), 1)),
                Optional.empty());
    }

    /** Weights proportional to {@code decay^age}, the newest having age 0. */
    private static MergeCandidate mean(List<ModelDescription.Checkpoint> checkpoints, double decay) {
        double sum = 0;
        for (int age = 0; age < checkpoints.size(); age++) {
            sum += Math.pow(decay, age);
        }
        List<Weight> weights = new ArrayList<>();
        for (int i = 0; i < checkpoints.size(); i++) {
            double weight = Math.pow(decay, checkpoints.size() - 1.0 - i) / sum;
            weights.add(
                    new Weight(checkpoints.get(i).update(), checkpoints.get(i).file(), weight));
        }
        return new MergeCandidate(
                "decay-" + decay,
                "mean of the newest %d checkpoints, each counting %s of the next newer one"
                        .formatted(checkpoints.size(), decay),
                weights,
                Optional.empty());
    }

    /** Averages that were kept while the stage trained, as they ended. */
    private static List<MergeCandidate> kept(List<ModelDescription.Snapshot> snapshots) {
        int end = end(snapshots);
        return snapshots.stream()
                .filter(snapshot -> snapshot.update() == end)
                .map(snapshot -> new MergeCandidate(
                        snapshot.average().label(),
                        snapshot.average() instanceof WeightAverage.Power power
                                ? "average over all updates by a power function of relative length " + power.length()
                                : "exponential average over all updates",
                        List.of(new Weight(snapshot.update(), snapshot.file(), 1)),
                        Optional.empty()))
                .toList();
    }

    private static MergeCandidate synthesised(Path folder, List<ModelDescription.Snapshot> snapshots, double length) {
        List<ModelDescription.Snapshot> parts = snapshots.stream()
                .filter(snapshot -> snapshot.average() instanceof WeightAverage.Power)
                .toList();
        long profiles = parts.stream()
                .map(ModelDescription.Snapshot::average)
                .distinct()
                .count();
        if (profiles < FEWEST_PROFILES) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot make an average of relative length %s of the snapshots in '%s': expected those of at least %d profiles, found %d. Give the stage 'ema: {profiles: [0.05, 0.1]}' and train it again, or take 'explored-lengths' out."
                            .formatted(length, folder, FEWEST_PROFILES, profiles));
        }
        ProfileSynthesis synthesis = ProfileSynthesis.of(
                parts.stream().map(MergeCandidate::asProfile).toList(),
                new ProfileSynthesis.Snapshot(end(parts), new WeightAverage.Power(length).profile()));
        List<Weight> weights = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            weights.add(new Weight(
                    parts.get(i).update(),
                    parts.get(i).file(),
                    synthesis.coefficients().get(i)));
        }
        return new MergeCandidate(
                "length-" + length,
                "average of relative length %s, made of %d snapshots of %d profiles"
                        .formatted(length, parts.size(), profiles),
                weights,
                Optional.of(synthesis.error()));
    }

    private static ProfileSynthesis.Snapshot asProfile(ModelDescription.Snapshot snapshot) {
        return new ProfileSynthesis.Snapshot(snapshot.update(), ((WeightAverage.Power) snapshot.average()).profile());
    }

    private static int end(List<ModelDescription.Snapshot> snapshots) {
        return snapshots.stream()
                .mapToInt(ModelDescription.Snapshot::update)
                .max()
                .orElse(0);
    }
}
