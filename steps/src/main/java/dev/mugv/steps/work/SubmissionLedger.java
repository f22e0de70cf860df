package dev.mugv.steps.work;

import dev.mugv.model.run.ExitRecord;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.audit.CheckpointRegister;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Tables {@code submission}, {@code attempt} and {@code attempt_run}: what was decided, handed over and judged. Each
 * method is one committed transaction, and what people ask about later is appended to the audit log with it. A change of
 * state names the state that it leaves, so that a second controller which slipped past the lock is stopped by its first
 * change.
 */
public final class SubmissionLedger {
    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final NodeLedger nodes;
    private final AttemptLineage lineage;
    private final LedgerEvents events;

    public SubmissionLedger(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.nodes = new NodeLedger(jdbc);
        this.lineage = new AttemptLineage(jdbc);
        this.events = new LedgerEvents(jdbc, new AuditLog(jdbc, transactions, Actor.ofThisProcess()));
    }

    /** The register of the checkpoints that a workspace publishes, on the same database and audit log. */
    CheckpointRegister checkpoints(Path workspace, Clock clock) {
        return new CheckpointRegister(jdbc, events.log(), workspace, clock);
    }

    /** Which nodes failed the work that stands here. */
    NodeLedger nodes() {
        return nodes;
    }

    /** Runs catalog writes in one transaction on the same database. */
    void inTransaction(Runnable writes) {
        transactions.executeWithoutResult(status -> writes.run());
    }

    /** Commits a decision: a submission in state PREPARED with its attempts. */
    void prepare(SubmissionEntry submission, List<AttemptEntry> attempts) {
        inTransaction(() -> {
            jdbc.sql("""
                            INSERT INTO submission (token, run_name, step_name, state, place, elements, parallel,
                                prepared_at)
                            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""")
                    .param(submission.token())
                    .param(submission.scope().runName())
                    .param(submission.scope().stepName())
                    .param(SubmissionState.PREPARED.name())
                    .param(submission.place().orElse(null))
                    .param(submission.elements())
                    .param(submission.parallel())
                    .param(timestamp(submission.preparedAt()))
                    .update();
            attempts.forEach(this::insert);
        });
    }

    private void insert(AttemptEntry attempt) {
        jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task,
                            artifact_key, number, memory_mebibytes, created_at, predecessor_token, predecessor_index)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .param(attempt.element().token())
                .param(attempt.element().index())
                .param(attempt.scope().runName())
                .param(attempt.scope().stepName())
                .param(attempt.jobExecution())
                .param(attempt.label())
                .param(attempt.task().name())
                .param(attempt.key().value())
                .param(attempt.number())
                .param(attempt.memoryMebibytes())
                .param(timestamp(attempt.createdAt()))
                .param(attempt.predecessor().map(ElementId::token).orElse(null))
                .param(attempt.predecessor().map(ElementId::index).orElse(null))
                .update();
    }

    /** Notes that the executor is about to be called; from here on only a search can tell. */
    void markTried(String token, Instant now) {
        change(jdbc.sql("""
                                UPDATE submission SET state = 'SUBMIT_UNKNOWN', tried_at = ?, reason = NULL
                                WHERE token = ? AND state = 'PREPARED'""").params(timestamp(now), token).update(), token);
    }

    /** Notes why the outcome of handing over is not known. */
    void markUnknown(String token, String reason) {
        change(
                jdbc.sql("UPDATE submission SET reason = ? WHERE token = ? AND state = 'SUBMIT_UNKNOWN'")
                        .params(reason, token)
                        .update(),
                token);
    }

    /** Notes one more refusal in words that are not known; only a search tells whether it was one. */
    void markUnrecognised(String token, String reason) {
        change(jdbc.sql("""
                                UPDATE submission SET reason = ?, refusals = refusals + 1
                                WHERE token = ? AND state = 'SUBMIT_UNKNOWN'""").params(reason, token).update(), token);
    }

    /** Notes how many elements may run at once by now. */
    void markParallel(String token, int parallel) {
        change(
                jdbc.sql("UPDATE submission SET parallel = ? WHERE token = ? AND state = 'SUBMITTED'")
                        .params(parallel, token)
                        .update(),
                token);
    }

    /** Says of submissions from before places were noted where they are. */
    void markPlace(StepScope scope, String place) {
        jdbc.sql("UPDATE submission SET place = ? WHERE run_name = ? AND step_name = ? AND place IS NULL")
                .params(place, scope.runName(), scope.stepName())
                .update();
    }

    void markSubmitted(String token, String externalId, Instant now) {
        inTransaction(() -> {
            change(jdbc.sql("""
                                    UPDATE submission SET state = 'SUBMITTED', external_id = ?, submitted_at = ?
                                    WHERE token = ? AND state = 'SUBMIT_UNKNOWN'""").params(externalId, timestamp(now), token).update(), token);
            events.submission(AuditKind.SUBMITTED, token, Map.of("external-id", externalId));
        });
    }

    /** Notes that a search has proved that the executor never took it. */
    void markPrepared(String token) {
        change(
                jdbc.sql("UPDATE submission SET state = 'PREPARED' WHERE token = ? AND state = 'SUBMIT_UNKNOWN'")
                        .params(token)
                        .update(),
                token);
    }

    /** Ends a submission that was refused; its attempts have failed. */
    void markRejected(String token, String reason, String message, Instant now) {
        inTransaction(() -> {
            change(jdbc.sql("""
                                    UPDATE submission SET state = 'REJECTED', reason = ?
                                    WHERE token = ? AND state = 'SUBMIT_UNKNOWN'""").params(reason, token).update(), token);
            jdbc.sql("""
                            UPDATE attempt SET state = 'FAILED', failure_class = 'REJECTED', message = ?, decided_at = ?
                            WHERE token = ? AND state = 'OPEN'""").params(message, timestamp(now), token).update();
            events.submission(AuditKind.REJECTED, token, Map.of("reason", reason));
        });
    }

    /** Gives up a submission that was never handed over; its attempts are stopped. */
    void withdraw(String token, Instant now) {
        inTransaction(() -> {
            change(
                    jdbc.sql("UPDATE submission SET state = 'WITHDRAWN' WHERE token = ? AND state = 'PREPARED'")
                            .params(token)
                            .update(),
                    token);
            jdbc.sql("""
                            UPDATE attempt SET state = 'STOPPED', decided_at = ?,
                                stop_reason = CASE WHEN predecessor_token IS NULL THEN stop_reason ELSE 'NOT_NEEDED' END
                            WHERE token = ? AND state = 'OPEN'""").params(timestamp(now), token).update();
            events.submission(AuditKind.WITHDRAWN, token, Map.of());
        });
    }

    /** Notes why attempts are being stopped, before the executor is asked; the first reason stands. */
    void requestStop(Collection<ElementId> elements, StopReason reason) {
        inTransaction(() -> {
            List<ElementId> asked = elements.stream()
                    .filter(element -> jdbc.sql("""
                                            UPDATE attempt SET stop_reason = ? WHERE token = ? AND logical_index = ?
                                            AND state = 'OPEN' AND stop_reason IS NULL""")
                                    .params(reason.name(), element.token(), element.index())
                                    .update()
                            > 0)
                    .toList();
            events.elements(AuditKind.STOP_REQUESTED, asked, Map.of("reason", reason.name()));
        });
    }

    /** Notes who cancels attempts, before the executor is asked; what was being stopped for another reason is now cancelled. */
    void cancel(Collection<ElementId> elements, Cancellation.Wish wish, Instant now) {
        inTransaction(() -> {
            List<ElementId> cancelled = elements.stream()
                    .filter(element -> cancel(element, wish, now))
                    .toList();
            events.elements(AuditKind.CANCELLED, cancelled, Map.of("by", wish.who(), "note", wish.note()));
        });
    }

    private boolean cancel(ElementId element, Cancellation.Wish wish, Instant now) {
        return jdbc.sql("""
                        UPDATE attempt SET stop_reason = 'CANCELLED', cancelled_by = ?, cancelled_at = ?, cancel_note = ?
                        WHERE token = ? AND logical_index = ? AND state = 'OPEN' AND cancelled_by IS NULL""")
                        .param(wish.who())
                        .param(timestamp(now))
                        .param(wish.note().isEmpty() ? null : wish.note())
                        .param(element.token())
                        .param(element.index())
                        .update()
                > 0;
    }

    /** Why an attempt is being stopped, as the ledger says now: another process may have asked. */
    Optional<StopReason> stopReason(ElementId element) {
        return jdbc.sql("SELECT stop_reason FROM attempt WHERE token = ? AND logical_index = ?")
                .params(element.token(), element.index())
                .query((row, number) -> Optional.ofNullable(row.getString("stop_reason")))
                .optional()
                .flatMap(reason -> reason)
                .map(StopReason::valueOf);
    }

    /** A submission by its token. */
    public Optional<SubmissionEntry> submission(String token) {
        return jdbc.sql("SELECT * FROM submission WHERE token = ?")
                .param(token)
                .query((row, number) -> LedgerRows.submission(row))
                .optional();
    }

    /** Every attempt of a run that has no verdict, oldest first. */
    public List<AttemptEntry> openAttempts(String runName) {
        return jdbc.sql(
                        "SELECT * FROM attempt WHERE run_name = ? AND state = 'OPEN' ORDER BY created_at, token, logical_index")
                .param(runName)
                .query((row, number) -> LedgerRows.attempt(row))
                .list();
    }

    /** Notes that a run is at work; any before it was ended and put back by the executor itself. */
    void recordRunning(ElementId element, Observation.Running running, Instant now) {
        inTransaction(() -> {
            noteRequeued(element, running.run(), now);
            insertRunning(element, running);
        });
    }

    private void noteRequeued(ElementId element, int run, Instant now) {
        jdbc.sql("""
                        UPDATE attempt_run SET executor_state = 'REQUEUED', ended_at = ?
                        WHERE token = ? AND logical_index = ? AND run_number < ? AND executor_state = 'RUNNING'
                        RETURNING run_number""")
                .params(timestamp(now), element.token(), element.index(), run)
                .query(Integer.class)
                .list()
                .forEach(requeued -> events.requeued(element, requeued));
    }

    private void insertRunning(ElementId element, Observation.Running running) {
        int inserted = jdbc.sql("""
                        INSERT INTO attempt_run (token, logical_index, run_number, executor_state, detail, host, started_at)
                        VALUES (?, ?, ?, 'RUNNING', '', ?, ?)
                        ON CONFLICT ON CONSTRAINT attempt_run_pk DO NOTHING""")
                .params(element.token(), element.index(), running.run(), running.place(), timestamp(running.since()))
                .update();
        if (inserted > 0) {
            events.started(element, running);
        }
    }

    /** Notes how a run ended and what the attempt came to, together. */
    void decide(ElementId element, Observation.Ended end, Optional<ExitRecord> record, Decision decision) {
        inTransaction(() -> {
            noteRequeued(element, end.run(), decision.at());
            recordEnd(element, end, record);
            change(
                    jdbc.sql("""
                                    UPDATE attempt SET state = ?, failure_class = ?, message = ?, manifest_sha256 = ?,
                                        decided_at = ?
                                    WHERE token = ? AND logical_index = ? AND state = 'OPEN'""")
                            .param(decision.state().name())
                            .param(decision.failure().map(Enum::name).orElse(null))
                            .param(decision.message().orElse(null))
                            .param(decision.manifestSha256().orElse(null))
                            .param(timestamp(decision.at()))
                            .param(element.token())
                            .param(element.index())
                            .update(),
                    element.toString());
            lineage.record(element);
            events.finished(element, end, record);
            events.verdict(element, decision);
        });
    }

    private void recordEnd(ElementId element, Observation.Ended end, Optional<ExitRecord> record) {
        Integer exitCode =
                end.exitCode().isPresent() ? Integer.valueOf(end.exitCode().getAsInt()) : null;
        jdbc.sql("""
                        INSERT INTO attempt_run (token, logical_index, run_number, executor_state, detail, exit_code,
                            outcome, host, started_at, ended_at)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT ON CONSTRAINT attempt_run_pk DO UPDATE SET
                            executor_state = EXCLUDED.executor_state, detail = EXCLUDED.detail,
                            exit_code = EXCLUDED.exit_code, outcome = EXCLUDED.outcome,
                            host = coalesce(EXCLUDED.host, attempt_run.host),
                            started_at = coalesce(EXCLUDED.started_at, attempt_run.started_at),
                            ended_at = EXCLUDED.ended_at""")
                .param(element.token())
                .param(element.index())
                .param(end.run())
                .param(end.state().name())
                .param(end.detail())
                .param(exitCode)
                .param(record.map(found -> found.outcome().name()).orElse(null))
                .param(record.map(ExitRecord::host)
                        .or(() -> Optional.of(end.place()).filter(place -> !place.isEmpty()))
                        .orElse(null))
                .param(end.startedAt().map(SubmissionLedger::timestamp).orElse(null))
                .param(timestamp(end.endedAt()))
                .update();
    }

    /** Every submission of a step, oldest first. */
    public List<SubmissionEntry> submissions(StepScope scope) {
        return jdbc.sql("SELECT * FROM submission WHERE run_name = ? AND step_name = ? ORDER BY prepared_at, token")
                .params(scope.runName(), scope.stepName())
                .query((row, number) -> LedgerRows.submission(row))
                .list();
    }

    /** Every attempt of a step, oldest first. */
    public List<AttemptEntry> attempts(StepScope scope) {
        return jdbc.sql("""
                        SELECT * FROM attempt WHERE run_name = ? AND step_name = ?
                        ORDER BY created_at, token, logical_index""")
                .params(scope.runName(), scope.stepName())
                .query((row, number) -> LedgerRows.attempt(row))
                .list();
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static void change(int rows, String what) {
        if (rows != 1) {
            throw new IllegalStateException(
                    "the state of " + what + " was changed by somebody else; does a second controller run?");
        }
    }

    /** What an attempt came to, as it is noted. */
    record Decision(
            AttemptState state,
            Optional<FailureClass> failure,
            Optional<String> message,
            Optional<String> manifestSha256,
            Instant at) {}
}
