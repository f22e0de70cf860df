package dev.mugv.steps.work;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One piece of work of a step's plan; items of equal key are one piece. */
final class Piece {
    private final WorkItem item;
    private final ArtifactKey key;
    private final boolean upToDate;
    private Optional<ArtifactRef> published;

    Piece(WorkItem item, ArtifactKey key, Optional<ArtifactRef> published) {
        this.item = item;
        this.key = key;
        this.published = published;
        this.upToDate = published.isPresent();
    }

    WorkItem item() {
        return item;
    }

    ArtifactKey key() {
        return key;
    }

    boolean wasUpToDate() {
        return upToDate;
    }

    Optional<ArtifactRef> published() {
        return published;
    }

    void publish(ArtifactRef ref) {
        published = Optional.of(ref);
    }

    /**
     * What is to be done about this piece: a pure function of its attempts.
     *
     * @param attempts of this key, in any order
     * @param jobExecution within which retries are counted
     */
    PieceDecision decide(List<AttemptEntry> attempts, long jobExecution, Tolerance tolerance) {
        if (published.isPresent()) {
            return new PieceDecision.Done(published.get());
        }
        if (attempts.stream().anyMatch(AttemptEntry::isOpen)) {
            return new PieceDecision.InWork();
        }
        int number = attempts.stream().mapToInt(AttemptEntry::number).max().orElse(0) + 1;
        Optional<AttemptEntry> last = attempts.stream()
                .filter(attempt -> !attempt.wasNotNeeded())
                .max(Comparator.comparingInt(AttemptEntry::number));
        Optional<FailureClass> failure = last.flatMap(AttemptEntry::failure);
        if (failure.isEmpty()) {
            int memory = last.map(AttemptEntry::memoryMebibytes)
                    .orElse(item.resources().memoryMebibytes());
            return new PieceDecision.Due(number, memory, Instant.MIN);
        }
        AttemptEntry failed = last.orElseThrow();
        // Content decides: the same bad input is as bad in the next execution, and where it is tolerated it stays so.
        boolean standing = tolerance.admits(failure.get());
        boolean counts = failed.jobExecution() == jobExecution;
        long spent = attempts.stream()
                .filter(attempt -> attempt.jobExecution() == jobExecution)
                .filter(attempt -> attempt.failure().equals(failure))
                .count();
        if (standing || counts && spent > retries(failure.get())) {
            return new PieceDecision.Failed(
                    failure.get(), failed.message().orElse(failure.get().name()));
        }
        Instant notBefore = counts
                ? failed.decidedAt().orElseThrow().plus(failure.get().delay().multipliedBy(spent))
                : Instant.MIN;
        return new PieceDecision.Due(
                number, failed.memoryMebibytes() * failure.get().memoryFactor(), notBefore);
    }

    private int retries(FailureClass failure) {
        return failure == FailureClass.TIME_LIMIT && !Resumption.isPossible(item.task())
                ? Resumption.DOUBLINGS
                : failure.retries();
    }
}
