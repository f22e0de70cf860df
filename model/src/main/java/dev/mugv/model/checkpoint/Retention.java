package dev.mugv.model.checkpoint;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which checkpoints stay: the newest ones of the regular cadence, the newest of all (a stop request makes one off the cadence),
 * the one with the lowest validation loss where that was measured, and every ancestor of those. So an interrupted run ends with
 * the same checkpoints as one that was not: where the same environment goes on there is nothing that an ancestor would prove.
 *
 * @param newest regular checkpoints kept, at least 2: the newest may turn out to be damaged
 * @param every updates between regular checkpoints
 */
public record Retention(int newest, int every) {
    public Retention {
        if (newest < 2 || every < 1) {
            throw new IllegalArgumentException(
                    "expected at least 2 checkpoints kept and a cadence of at least 1, found %d and %d"
                            .formatted(newest, every));
        }
    }

    /** The updates whose checkpoints stay, out of the published ones. */
    Set<Long> kept(Collection<CheckpointState> published) {
        TreeMap<Long, CheckpointState> states = new TreeMap<>();
        published.forEach(state -> states.put(state.update(), state));
        TreeSet<Long> kept = new TreeSet<>();
        states.descendingKeySet().stream()
                .filter(update -> update % every == 0)
                .limit(newest)
                .forEach(kept::add);
        states.keySet().stream().max(Comparator.naturalOrder()).ifPresent(kept::add);
        best(states.values()).ifPresent(kept::add);
        TreeSet<Long> ancestors = new TreeSet<>();
        states.values().stream()
                .filter(state -> kept.contains(state.update()))
                .forEach(state -> ancestors.addAll(state.ancestors()));
        kept.addAll(ancestors);
        return kept;
    }

    /** Of equal ones the first. */
    private static Optional<Long> best(Collection<CheckpointState> states) {
        return states.stream()
                .filter(state -> state.validationLoss().filter(Double::isFinite).isPresent())
                .min(Comparator.comparingDouble(
                        (CheckpointState state) -> state.validationLoss().orElseThrow()))
                .map(CheckpointState::update);
    }
}
