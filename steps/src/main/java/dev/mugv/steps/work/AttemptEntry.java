package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.TaskKind;
import dev.mugv.slurm.executor.ElementId;
import java.time.Instant;
import java.util.Optional;

/**
 * A row of table {@code attempt}.
 *
 * @param element identity: token and logical index
 * @param number how often this piece has been tried, from 1
 * @param jobExecution Spring Batch job execution that decided to try
 * @param predecessor the attempt that holds this one, which was queued before that has ended
 */
// More than five components because it is one row, read whole.
public record AttemptEntry(
        ElementId element,
        StepScope scope,
        long jobExecution,
        String label,
        TaskKind task,
        ArtifactKey key,
        int number,
        int memoryMebibytes,
        AttemptState state,
        Optional<StopReason> stopReason,
        Optional<FailureClass> failure,
        Optional<String> message,
        Instant createdAt,
        Optional<Instant> decidedAt,
        Optional<ElementId> predecessor) {
    /** Of an attempt that nothing holds. */
    public AttemptEntry(
            ElementId element,
            StepScope scope,
            long jobExecution,
            String label,
            TaskKind task,
            ArtifactKey key,
            int number,
            int memoryMebibytes,
            AttemptState state,
            Optional<StopReason> stopReason,
            Optional<FailureClass> failure,
            Optional<String> message,
            Instant createdAt,
            Optional<Instant> decidedAt) {
        this(
                element,
                scope,
                jobExecution,
                label,
                task,
                key,
                number,
                memoryMebibytes,
                state,
                stopReason,
                failure,
                message,
                createdAt,
                decidedAt,
                Optional.empty());
    }

    boolean isOpen() {
        return state == AttemptState.OPEN;
    }

    /** Whether it was queued early and never had a part in the work, so that it says nothing about that. */
    boolean wasNotNeeded() {
        return state == AttemptState.STOPPED
                && stopReason.filter(StopReason.NOT_NEEDED::equals).isPresent();
    }
}
