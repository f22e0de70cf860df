package dev.mugv.steps.work;

import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.StopOutcome;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Asks attempts to stop: first on the record, then of the executor, whose silence only delays it. */
final class Stopping {
    private final SubmissionLedger ledger;
    private final Executor executor;
    private final WorkSettings settings;
    private final Transitions transitions;

    Stopping(SubmissionLedger ledger, Executor executor, WorkSettings settings, Transitions transitions) {
        this.ledger = ledger;
        this.executor = executor;
        this.settings = settings;
        this.transitions = transitions;
    }

    /** Asks; the first reason that was noted stands. Takes over what the ledger says then. */
    void ask(WorkSession session, Collection<AttemptEntry> attempts, StopReason reason, Duration grace) {
        ledger.requestStop(attempts.stream().map(AttemptEntry::element).toList(), reason);
        session.load(ledger);
        Map<String, Set<Integer>> indices = new LinkedHashMap<>();
        attempts.forEach(attempt -> indices.computeIfAbsent(attempt.element().token(), key -> new TreeSet<>())
                .add(attempt.element().index()));
        for (SubmissionEntry row : session.submissions(SubmissionState.SUBMITTED)) {
            Set<Integer> wanted = indices.get(row.token());
            if (wanted == null) {
                continue;
            }
            StopOutcome outcome = executor.stop(WorkSession.arraySubmission(settings.workspace(), row), wanted, grace);
            if (outcome instanceof StopOutcome.NoAnswer noAnswer) {
                transitions.warn(row.scope(), "submission=%s not asked to stop: %s", row.token(), noAnswer.reason());
            }
        }
    }

    /** The same of one attempt, said as a change that a person may want to know of. */
    void warn(WorkSession session, AttemptEntry attempt, StopReason reason) {
        transitions.warn(
                attempt.scope(),
                "attempt=%s/%d label='%s' asked to stop: %s",
                attempt.element().token(),
                attempt.element().index(),
                attempt.label(),
                reason);
        ask(session, java.util.List.of(attempt), reason, settings.limits().stopGrace());
    }
}
