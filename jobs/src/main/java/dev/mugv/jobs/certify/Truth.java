package dev.mugv.jobs.certify;

import dev.mugv.jobs.certify.Testimonies.RunTestimony;
import dev.mugv.model.format.WitnessLine;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.work.AttemptEntry;
import dev.mugv.steps.work.AttemptState;
import dev.mugv.steps.work.FailureClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what the ledger says with what the runs themselves have left: a pure function of a trial's record. A verdict counts
 * as wrong when it is not what the witnesses and the known injury say, whatever the reason.
 */
final class Truth {
    /** Clocks of two nodes may differ by this much without a count of copies. */
    private static final Duration CLOCKS = Duration.ofSeconds(2);

    /** Ends that a cluster may come to by itself, in which the engine is right if no run says that it was done. */
    private static final Set<FailureClass> OF_THE_CLUSTER =
            EnumSet.of(FailureClass.NODE_FAILURE, FailureClass.PREEMPTED, FailureClass.KILLED, FailureClass.TIME_LIMIT);

    private final Record record;
    private final List<String> duplicates = new ArrayList<>();
    private final List<String> losses = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> unexplained = new ArrayList<>();

    private Truth(Record record) {
        this.record = record;
    }

    /**
     * A trial, when it is over.
     *
     * @param pieces labels of the plan
     * @param attempts the ledger's
     * @param lastRuns number of the last run of each attempt that the ledger knows
     * @param testimonies what the runs left
     * @param injuries what was done to single attempts
     */
    record Record(
            List<String> pieces,
            List<AttemptEntry> attempts,
            Map<ElementId, Integer> lastRuns,
            List<RunTestimony> testimonies,
            Map<ElementId, Injury> injuries) {}

    static Findings of(Record record) {
        Truth truth = new Truth(record);
        truth.countCopies();
        record.pieces().forEach(truth::requireSuccess);
        record.attempts().forEach(truth::judge);
        return new Findings(truth.duplicates, truth.losses, truth.wrong, truth.unexplained);
    }

    private void countCopies() {
        List<RunTestimony> all = record.testimonies().stream()
                .sorted(Comparator.comparing(RunTestimony::from))
                .toList();
        for (int i = 0; i < all.size(); i++) {
            for (int j = i + 1; j < all.size(); j++) {
                RunTestimony earlier = all.get(i);
                RunTestimony later = all.get(j);
                if (!earlier.piece().equals(later.piece())) {
                    continue;
                }
                if (earlier.element().equals(later.element()) && earlier.run() == later.run()) {
                    duplicates.add("started twice: " + earlier + " and " + later);
                } else if (later.from().plus(CLOCKS).isBefore(earlier.to())) {
                    duplicates.add("at work at the same time: " + earlier + " and " + later);
                } else if (earlier.has(WitnessLine.Event.DONE)
                        && injury(earlier.element()).isEmpty()) {
                    duplicates.add("done again: " + earlier + " and " + later);
                }
            }
        }
    }

    private void requireSuccess(String piece) {
        boolean succeeded = record.attempts().stream()
                .anyMatch(attempt -> attempt.label().equals(piece) && attempt.state() == AttemptState.SUCCEEDED);
        if (!succeeded) {
            losses.add(piece + ": no attempt succeeded");
        }
    }

    private void judge(AttemptEntry attempt) {
        List<RunTestimony> runs = record.testimonies().stream()
                .filter(run -> run.element().equals(attempt.element()))
                .toList();
        boolean done = runs.stream().anyMatch(run -> run.has(WitnessLine.Event.DONE));
        int lastRun = runs.stream().mapToInt(RunTestimony::run).max().orElse(-1);
        if (attempt.state() == AttemptState.OPEN) {
            losses.add(text(attempt) + ": never decided");
        } else if (attempt.state() == AttemptState.SUCCEEDED && !done) {
            wrong.add(text(attempt) + ": no run of it says that it was done");
        } else if (attempt.state() == AttemptState.STOPPED && !runs.isEmpty()) {
            wrong.add(text(attempt) + ": nobody stopped it, and it ran");
        } else if (attempt.state() != AttemptState.STOPPED
                && lastRun > record.lastRuns().getOrDefault(attempt.element(), -1)) {
            wrong.add(text(attempt) + ": judged by run " + record.lastRuns().get(attempt.element()) + ", the last was "
                    + lastRun);
        } else {
            compare(attempt, injury(attempt.element()), done, runs);
        }
    }

    private void compare(AttemptEntry attempt, Optional<Injury> injury, boolean done, List<RunTestimony> runs) {
        boolean succeeded = attempt.state() == AttemptState.SUCCEEDED;
        if (injury.isEmpty()) {
            if (!succeeded && attempt.state() != AttemptState.STOPPED) {
                boolean rightly =
                        !done && OF_THE_CLUSTER.contains(attempt.failure().orElse(FailureClass.SUSPECT));
                (rightly ? unexplained : wrong).add(text(attempt) + ": nothing was done to it");
            }
            return;
        }
        boolean right = switch (injury.get()) {
            case REQUEUED -> succeeded && record.lastRuns().getOrDefault(attempt.element(), 0) > 0;
            case KILLED_FOR_MEMORY ->
                runs.stream().anyMatch(run -> run.has(WitnessLine.Event.UNLIMITED))
                        ? succeeded
                        : isFailure(attempt, FailureClass.OUT_OF_MEMORY);
            case CANCELLED -> isFailure(attempt, FailureClass.CANCELLED);
            case ON_A_LOST_NODE ->
                succeeded && record.lastRuns().getOrDefault(attempt.element(), 0) > 0
                        || isFailure(attempt, FailureClass.NODE_FAILURE);
        };
        if (!right) {
            wrong.add(text(attempt) + ": it was " + injury.get());
        }
    }

    private static boolean isFailure(AttemptEntry attempt, FailureClass expected) {
        return attempt.failure().equals(Optional.of(expected));
    }

    private Optional<Injury> injury(ElementId element) {
        return Optional.ofNullable(record.injuries().get(element));
    }

    private static String text(AttemptEntry attempt) {
        return "%s attempt %d %s/%d %s%s%s"
                .formatted(
                        attempt.label(),
                        attempt.number(),
                        attempt.element().token(),
                        attempt.element().index(),
                        attempt.state(),
                        attempt.failure().map(failure -> " " + failure).orElse(""),
                        attempt.message().map(message -> " (" + message + ")").orElse(""));
    }
}
