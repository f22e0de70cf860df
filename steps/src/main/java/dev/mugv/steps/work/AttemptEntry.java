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
 */
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
        Optional<Instant> decidedAt) {
    boolean isOpen() {
        return state == AttemptState.OPEN;
    }
}
