package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactRef;
import java.time.Instant;

/** What is to be done about a piece of work. */
sealed interface PieceDecision {
    record Done(ArtifactRef artifact) implements PieceDecision {}

    record InWork() implements PieceDecision {}

    /**
     * To be tried.
     *
     * @param number of the next attempt
     * @param notBefore when its delay is over
     */
    record Due(int number, int memoryMebibytes, Instant notBefore) implements PieceDecision {}

    /** Failed for good. */
    record Failed(FailureClass failure, String message) implements PieceDecision {}
}
