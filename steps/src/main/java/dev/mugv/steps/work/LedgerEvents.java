package dev.mugv.steps.work;

import dev.mugv.model.run.ExitRecord;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tells the audit log what the ledger notes; to be called in the transaction that notes it. */
final class LedgerEvents {
    private final JdbcClient jdbc;
    private final AuditLog log;

    LedgerEvents(JdbcClient jdbc, AuditLog log) {
        this.jdbc = jdbc;
        this.log = log;
    }

    AuditLog log() {
        return log;
    }

    /** An event about a submission, with its step, place and size. */
    void submission(AuditKind kind, String token, Map<String, Object> more) {
        TreeMap<String, Object> detail = new TreeMap<>(more);
        String run = jdbc.sql("SELECT run_name, step_name, elements, place FROM submission WHERE token = ?")
                .param(token)
                .query((row, number) -> {
                    detail.put("step", row.getString("step_name"));
                    detail.put("elements", row.getInt("elements"));
                    Optional.ofNullable(row.getString("place")).ifPresent(place -> detail.put("place", place));
                    return row.getString("run_name");
                })
                .single();
        log.append(AuditEvent.of(kind, run, token, detail));
    }

    /** An event about many attempts at once: one a submission, with the indices. */
    void elements(AuditKind kind, Collection<ElementId> elements, Map<String, Object> more) {
        Map<String, TreeSet<Integer>> indices = elements.stream()
                .collect(Collectors.groupingBy(
                        ElementId::token,
                        TreeMap::new,
                        Collectors.mapping(ElementId::index, Collectors.toCollection(TreeSet::new))));
        indices.forEach((token, ofToken) -> {
            TreeMap<String, Object> detail = new TreeMap<>(more);
            detail.put("indices", ranges(ofToken));
            submission(kind, token, detail);
        });
    }

    void started(ElementId element, Observation.Running running) {
        attempt(
                AuditKind.STARTED,
                element,
                Map.of(
                        "run",
                        running.run(),
                        "host",
                        running.place(),
                        "since",
                        running.since().toString()));
    }

    void requeued(ElementId element, int run) {
        attempt(AuditKind.REQUEUED, element, Map.of("run", run));
    }

    void finished(ElementId element, Observation.Ended end, Optional<ExitRecord> record) {
        TreeMap<String, Object> detail = new TreeMap<>();
        detail.put("run", end.run());
        detail.put("executor-state", end.state().name());
        detail.put("executor-words", end.detail());
        detail.put("ended-at", end.endedAt().toString());
        end.exitCode().ifPresent(code -> detail.put("exit-code", code));
        record.ifPresent(found -> detail.put("worker-says", found.outcome().name()));
        record.map(ExitRecord::host).ifPresent(host -> detail.put("host", host));
        attempt(AuditKind.FINISHED, element, detail);
    }

    void verdict(ElementId element, SubmissionLedger.Decision decision) {
        TreeMap<String, Object> detail = new TreeMap<>();
        detail.put("state", decision.state().name());
        decision.failure().ifPresent(failure -> detail.put("failure", failure.name()));
        decision.message().ifPresent(message -> detail.put("message", message));
        decision.manifestSha256().ifPresent(manifest -> detail.put("manifest-sha256", manifest));
        attempt(AuditKind.VERDICT, element, detail);
    }

    private void attempt(AuditKind kind, ElementId element, Map<String, Object> more) {
        TreeMap<String, Object> detail = new TreeMap<>(more);
        String run = jdbc.sql("""
                        SELECT run_name, step_name, label, task, artifact_key, number FROM attempt
                        WHERE token = ? AND logical_index = ?""")
                .params(element.token(), element.index())
                .query((row, number) -> {
                    detail.put("step", row.getString("step_name"));
                    detail.put("label", row.getString("label"));
                    detail.put("task", row.getString("task"));
                    detail.put("artifact-key", row.getString("artifact_key"));
                    detail.put("number", row.getInt("number"));
                    return row.getString("run_name");
                })
                .single();
        log.append(AuditEvent.of(kind, run, element.token() + "/" + element.index(), detail));
    }

    /** For example {@code 0-3,7}. */
    static String ranges(Collection<Integer> sorted) {
        StringBuilder text = new StringBuilder();
        int first = -1;
        int last = -1;
        for (int index : sorted) {
            if (first >= 0 && index == last + 1) {
                last = index;
                continue;
            }
            append(text, first, last);
            first = index;
            last = index;
        }
        append(text, first, last);
        return text.toString();
    }

    private static void append(StringBuilder text, int first, int last) {
        if (first >= 0) {
            text.append(text.isEmpty() ? "" : ",").append(first);
            text.append(last > first ? "-" + last : "");
        }
    }
}
