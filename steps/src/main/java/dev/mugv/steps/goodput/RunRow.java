package dev.mugv.steps.goodput;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.TaskKind;
import java.time.Instant;
import java.util.Optional;

/**
 * A run of an attempt, as the ledger has it. Many components because it is one row, read whole.
 *
 * @param waitsSince when its submission was accepted, or the run before it ended
 * @param endedAt absent while it runs
 * @param failure FailureClass of the attempt's verdict
 * @param stopReason why it was asked to stop
 * @param isLast whether the attempt's verdict is about this run
 */
record RunRow(
        String step,
        TaskKind task,
        ArtifactKey key,
        String token,
        int index,
        int run,
        String executorState,
        String attemptState,
        Optional<String> failure,
        Optional<String> stopReason,
        Optional<Instant> waitsSince,
        Instant startedAt,
        Optional<Instant> endedAt,
        boolean isLast) {
    boolean isRunning() {
        return endedAt.isEmpty();
    }

    boolean succeeded() {
        return isLast && attemptState.equals("SUCCEEDED");
    }

    boolean stoppedInOrder() {
        return isLast && attemptState.equals("STOPPED");
    }

    /** Why its work was not kept, in the words of the ledger. */
    String cause() {
        if (!isLast || executorState.equals("REQUEUED")) {
            return "requeued";
        }
        String name = failure.or(() -> stopReason).orElse(executorState);
        return name.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
