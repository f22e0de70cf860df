package dev.mugv.steps.work;

import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.StopOutcome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Ends attempts at somebody's wish, whether a controller is at work or none: what waits is cancelled at once, what runs is asked to
 * save and leave, and cancelled when its grace is over. The verdict stays the controller's, now or at the next start. The orders lie
 * beside the submission, so any controller goes on with them.
 */
public final class Cancellation {
    private static final Duration MARGIN = Duration.ofSeconds(15);

    private final SubmissionLedger ledger;
    private final Executor executor;
    private final Path workspace;
    private final Duration grace;
    private final Waiter waiter;
    private final Clock clock;

    // Six parts because each is a port of its own and this is where they meet.
    public Cancellation(
            SubmissionLedger ledger, Executor executor, Path workspace, Duration grace, Waiter waiter, Clock clock) {
        this.ledger = ledger;
        this.executor = executor;
        this.workspace = workspace;
        this.grace = grace;
        this.waiter = waiter;
        this.clock = clock;
    }

    /**
     * Who wishes it, and why.
     *
     * @param who user and host
     * @param note in their words; empty when they gave none
     */
    public record Wish(String who, String note) {}

    /**
     * What became of it.
     *
     * @param ended attempts that the executor says are over, or that never were handed over
     * @param ending attempts that have been asked and are not over yet
     * @param troubles what the executor did not answer; the orders stand and are given again by the next controller
     */
    public record Result(List<AttemptEntry> ended, List<AttemptEntry> ending, List<String> troubles) {}

    /**
     * Cancels open attempts and waits until they have ended.
     *
     * @param patience how long to wait beyond the grace; zero only asks
     */
    public Result cancel(Collection<AttemptEntry> attempts, Wish wish, Duration patience) {
        ledger.cancel(attempts.stream().map(AttemptEntry::element).toList(), wish, clock.instant());
        Map<String, List<AttemptEntry>> byToken = attempts.stream()
                .collect(
                        Collectors.groupingBy(attempt -> attempt.element().token(), TreeMap::new, Collectors.toList()));
        List<AttemptEntry> ended = new ArrayList<>();
        List<String> troubles = new ArrayList<>();
        Map<ArraySubmission, List<AttemptEntry>> asked = new LinkedHashMap<>();
        byToken.forEach((token, ofToken) -> {
            SubmissionEntry row = ledger.submission(token).orElseThrow();
            switch (row.state()) {
                case PREPARED, WITHDRAWN, REJECTED -> ended.addAll(ofToken); // never handed over; never will be
                case SUBMIT_UNKNOWN, SUBMITTED -> {
                    ArraySubmission submission = WorkSession.arraySubmission(workspace, row);
                    ask(submission, ofToken).ifPresent(troubles::add);
                    asked.put(submission, ofToken);
                }
            }
        });
        List<AttemptEntry> ending = patience.isZero()
                ? asked.values().stream().flatMap(List::stream).toList()
                : await(asked, ended, clock.instant().plus(grace).plus(MARGIN).plus(patience));
        return new Result(List.copyOf(ended), ending, List.copyOf(troubles));
    }

    private Optional<String> ask(ArraySubmission submission, List<AttemptEntry> attempts) {
        Set<Integer> indices = attempts.stream()
                .map(attempt -> attempt.element().index())
                .collect(Collectors.toCollection(TreeSet::new));
        return executor.stop(submission, indices, grace) instanceof StopOutcome.NoAnswer noAnswer
                ? Optional.of("submission " + submission.token() + ": " + noAnswer.reason())
                : Optional.empty();
    }

    /** Looks until all have ended; each look also gives the orders whose grace is over to the executor. */
    private List<AttemptEntry> await(
            Map<ArraySubmission, List<AttemptEntry>> asked, List<AttemptEntry> ended, Instant deadline) {
        List<AttemptEntry> left = new ArrayList<>();
        asked.values().forEach(left::addAll);
        while (!left.isEmpty()) {
            var found = executor.observe(asked.keySet());
            List<AttemptEntry> over = left.stream()
                    .filter(attempt -> found.get(attempt.element()) instanceof Observation.Ended)
                    .toList();
            ended.addAll(over);
            left.removeAll(over);
            if (left.isEmpty()
                    || clock.instant().isAfter(deadline)
                    || Thread.currentThread().isInterrupted()) {
                break;
            }
            waiter.pause(executor.observationInterval());
        }
        return List.copyOf(left);
    }
}
