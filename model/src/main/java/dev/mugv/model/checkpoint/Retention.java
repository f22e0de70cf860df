package dev.mugv.model.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which checkpoints stay: the newest ones of the regular cadence, and the newest of all (a stop request makes one off the
 * cadence). So an interrupted run ends with the same checkpoints as one that was not.
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
    Set<Long> kept(List<Long> updates) {
        TreeSet<Long> regular = new TreeSet<>();
        TreeSet<Long> kept = new TreeSet<>();
        for (long update : updates) {
            if (update % every == 0) {
                regular.add(update);
            }
        }
        regular.descendingSet().stream().limit(newest).forEach(kept::add);
        updates.stream().max(Long::compare).ifPresent(kept::add);
        return kept;
    }
}
