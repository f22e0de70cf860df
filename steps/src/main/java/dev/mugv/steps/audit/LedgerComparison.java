package dev.mugv.steps.audit;

import dev.mugv.model.run.Json;
import dev.mugv.steps.audit.AuditFinding.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Holds rows of the ledger that may change against the events that tell of them: an attempt against its verdict, a run against its end,
 * a submission against how it was handed over, a checkpoint against its publication, what is pinned and what was removed. A row that says
 * something else than its event, is gone, or is told of by none, is named with the column.
 */
public final class LedgerComparison {
    private static final int FETCHED_ROWS = 2000;
    private static final int MAX_FINDINGS = 200;

    // Keys are cut out of the text of events: a changed one need not be JSON any more.
    /** What was written before there was a log is told of by nothing. */
    private static final String SINCE_LOG = " > (SELECT occurred_at FROM audit_event ORDER BY number LIMIT 1)";

    private static final List<Table> TABLES = List.of(
            new Table("attempt", """
                    SELECT token || '/' || logical_index AS key, state = 'SUCCEEDED' AND decided_at%s AS must, jsonb_build_object(
                        'run-name', run_name, 'step', step_name, 'label', label, 'task', task, 'artifact-key', artifact_key,
                        'number', number, 'state', state, 'failure', failure_class, 'message', message,
                        'manifest-sha256', manifest_sha256) AS facts FROM attempt""", latest("kind = 'VERDICT'", "subject"), Set.of()),
            new Table(
                    "attempt_run",
                    """
                    SELECT token || '/' || logical_index || '/' || run_number AS key, false AS must, jsonb_build_object(
                        'executor-state', executor_state, 'executor-words', detail, 'exit-code', exit_code,
                        'worker-says', outcome, 'host', host, 'ended-at',
                        to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS facts FROM attempt_run""",
                    latest("kind = 'FINISHED'", "subject || '/' || substring(detail FROM '\"run\":([0-9]+)')"),
                    Set.of("host")),
            new Table(
                    "submission",
                    """
                    SELECT token AS key, state = 'SUBMITTED' AND submitted_at%s AS must, jsonb_build_object(
                        'run-name', run_name, 'step', step_name, 'elements', elements, 'kind', state, 'external-id', external_id,
                        'place', place) AS facts FROM submission""",
                    latest("kind IN ('SUBMITTED', 'REJECTED', 'WITHDRAWN')", "subject"),
                    Set.of("external-id", "place")),
            new Table(
                    "published_checkpoint",
                    """
                    SELECT run_name || ' ' || artifact_key || ' ' || manifest_sha256 AS key, published_at%s AS must,
                        jsonb_build_object('step', step_name, 'label', label, 'task', replace(lower(task), '_', '-'),
                        'content-sha256', content_sha256, 'workspace', workspace) AS facts FROM published_checkpoint""",
                    latest(
                            "kind = 'PUBLISHED'",
                            "run_name || ' ' || subject || ' ' || substring(detail FROM '\"manifest-sha256\":\"([0-9a-f]+)')"),
                    Set.of()),
            new Table("removed_artifact", """
                    SELECT artifact_key || ' ' || row_number() OVER (PARTITION BY artifact_key ORDER BY removed_at) AS key, removed_at%s AS must,
                        jsonb_build_object('task', replace(lower(task), '_', '-'), 'manifest-sha256', manifest_sha256,
                        'files', files, 'bytes', bytes, 'by', removed_by, 'workspace', workspace) AS facts FROM removed_artifact""", """
                    SELECT subject || ' ' || row_number() OVER (PARTITION BY subject ORDER BY number) AS key, number, kind, run_name, os_user, host, detail FROM audit_event WHERE kind = 'DELETED'""", Set.of()),
            new Table(
                    "pinned_artifact",
                    """
                    SELECT artifact_key AS key, pinned_at%s AS must, jsonb_build_object('note', note, 'by', pinned_by) AS facts
                    FROM pinned_artifact""",
                    "SELECT * FROM (" + latest("kind IN ('PINNED', 'UNPINNED')", "subject")
                            + ") AS pins WHERE kind = 'PINNED'",
                    Set.of()),
            new Table("annotator", """
                    SELECT name AS key, invited_at%s AS must, jsonb_build_object('by', invited_by) AS facts FROM annotator""", latest("kind = 'ANNOTATOR_INVITED'", "subject"), Set.of()),
            new Table("annotator_credential", """
                    SELECT name || '/' || number AS key, made_at%s AS must, jsonb_build_object('credential', kind, 'hash-sha256',
                        encode(sha256(convert_to(hash, 'UTF8')), 'hex')) AS facts FROM annotator_credential""", latest("kind = 'CREDENTIAL_SET'", "subject"), Set.of()),
            new Table("label_batch", """
                    SELECT batch_id AS key, opened_at%s AS must, jsonb_build_object('run-name', run_name, 'label-kind', kind,
                        'name', name, 'annotators-per-item', annotators_per_item, 'seed', seed, 'by', opened_by,
                        'items-sha256', label_items_sha256(batch_id)) AS facts FROM label_batch""", latest("kind = 'LABELS_OPENED'", "subject"), Set.of()),
            new Table("label", """
                    SELECT item_id || '/' || annotator || '/' || revision AS key, given_at%s AS must, jsonb_build_object(
                        'answers', answers, 'origin', origin, 'replaces', replaces, 'given-at',
                        to_char(given_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS facts FROM label""", latest("kind = 'LABELLED'", "subject"), Set.of()),
            new Table("label_withdrawal", """
                    SELECT item_id || '/' || annotator || '/' || revision AS key, withdrawn_at%s AS must, jsonb_build_object(
                        'withdrawn-at', to_char(withdrawn_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS facts
                    FROM label_withdrawal""", latest("kind = 'LABEL_WITHDRAWN'", "subject"), Set.of()));

    private final Connection connection;
    private final List<AuditFinding> findings = new ArrayList<>();
    private long rows;
    private long more;

    /** @param connection of its own: a transaction is begun and ended on it */
    public LedgerComparison(Connection connection) {
        this.connection = connection;
    }

    /**
     * A table and the events that tell of it.
     *
     * @param rows gives of each row its key, whether there must be an event of it, and its facts by the names that the event has
     * @param events gives of each event the key of its row
     * @param ifTold facts that not every event tells; all others are absent in both or in none
     */
    private record Table(String name, String rows, String events, Set<String> ifTold) {
        String select() {
            return """
                    SELECT coalesce(r.key, e.key) AS key, r.key IS NULL AS gone, e.key IS NULL AS untold, coalesce(r.must, false) AS must,
                        r.facts::text AS facts, e.number, e.kind, e.run_name, e.os_user || '@' || e.host AS by, e.detail
                    FROM (%s) AS r FULL JOIN (%s) AS e ON e.key = r.key ORDER BY e.number, 1""".formatted(rows.formatted(SINCE_LOG), events);
        }
    }

    /**
     * What was found.
     *
     * @param rows how many rows and events without a row were looked at
     * @param findings what is wrong; at most 200
     * @param more findings beyond those
     */
    public record Result(long rows, List<AuditFinding> findings, long more) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    private static String latest(String kinds, String key) {
        return """
                SELECT DISTINCT ON (key) * FROM (
                    SELECT %s AS key, number, kind, run_name, os_user, host, detail FROM audit_event WHERE %s) AS told
                ORDER BY key, number DESC""".formatted(key, kinds);
    }

    /** Compares everything. */
    public Result compare() throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            for (Table table : TABLES) {
                compare(table);
            }
            return new Result(rows, findings, more);
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private void compare(Table table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(table.select())) {
            select.setFetchSize(FETCHED_ROWS);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows++;
                    compare(table, row);
                }
            }
        }
    }

    private void compare(Table table, ResultSet row) throws SQLException {
        String what = "%s '%s'".formatted(table.name(), row.getString("key"));
        long event = row.getLong("number");
        if (row.getBoolean("untold")) {
            if (row.getBoolean("must")) {
                add(0, "%s is told of by no event: it was put in by hand".formatted(what));
            }
        } else if (row.getBoolean("gone")) {
            add(event, "%s is not there, though event %d tells of it".formatted(what, event));
        } else {
            Map<String, String> told = told(row);
            for (Map.Entry<String, JsonNode> fact :
                    Json.parse(row.getString("facts"), JsonNode.class).properties()) {
                Optional<String> found = text(fact.getValue());
                Optional<String> expected = Optional.ofNullable(told.get(fact.getKey()));
                boolean open = expected.isEmpty() && table.ifTold().contains(fact.getKey());
                if (!open && !same(expected, found)) {
                    add(
                            event,
                            "%s says %s '%s', event %d says '%s'"
                                    .formatted(what, fact.getKey(), found.orElse(""), event, expected.orElse("")));
                }
            }
        }
    }

    private static Map<String, String> told(ResultSet row) throws SQLException {
        Map<String, String> told = new TreeMap<>();
        try {
            for (Map.Entry<String, JsonNode> fact :
                    Json.parse(row.getString("detail"), JsonNode.class).properties()) {
                text(fact.getValue()).ifPresent(text -> told.put(fact.getKey(), text));
            }
        } catch (JacksonException changed) {
            // Then nothing agrees with it; that it was changed is the chain's finding.
            told.clear();
        }
        told.put("kind", row.getString("kind"));
        told.put("by", row.getString("by"));
        Optional.ofNullable(row.getString("run_name")).ifPresent(run -> told.put("run-name", run));
        return told;
    }

    private static Optional<String> text(JsonNode value) {
        return value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    /** Instants are told to the nanosecond and kept to the microsecond. */
    private static boolean same(Optional<String> expected, Optional<String> found) {
        if (expected.equals(found)) {
            return true;
        }
        if (expected.isEmpty() || found.isEmpty()) {
            return false;
        }
        try {
            return Duration.between(Instant.parse(expected.get()), Instant.parse(found.get()))
                            .abs()
                            .compareTo(Duration.ofNanos(1000))
                    <= 0;
        } catch (DateTimeException noInstants) {
            return false;
        }
    }

    private void add(long event, String text) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new AuditFinding(Kind.LEDGER_CHANGED, event, event == 0 ? -1 : event, text));
        } else {
            more++;
        }
    }
}
