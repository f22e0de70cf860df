package dev.mugv.steps.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.lineage.SealVerification;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every table of the schema, and what 'mugv audit verify' finds when somebody with all rights changes a column, removes a row or puts one
 * in. What it does not find stands here, with the reason.
 */
class TamperingTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    /** Columns that no event tells; of every other column of these tables a change is found. */
    private static final Map<String, Set<String>> UNTOLD = Map.ofEntries(
            Map.entry(
                    "attempt",
                    Set.of(
                            "job_execution_id", // which execution of Spring Batch counts its retries
                            "memory_mebibytes", // stands in the submission's script
                            "stop_reason", // told by STOP_REQUESTED of many at once; the verdict is what counts
                            "created_at",
                            "decided_at", // the events have times of their own, by the database's clock
                            "cancelled_by",
                            "cancelled_at",
                            "cancel_note", // told by CANCELLED of many at once
                            "predecessor_token",
                            "predecessor_index")), // how a relay hangs together
            Map.entry("attempt_run", Set.of("started_at")), // told by STARTED as the queue said it, kept as accounting
            Map.entry(
                    "submission",
                    Set.of(
                            "parallel",
                            "watched_at",
                            "refusals", // change while it is handed over and polled
                            "reason",
                            "prepared_at",
                            "tried_at",
                            "submitted_at")),
            Map.entry("published_checkpoint", Set.of("published_at")),
            Map.entry("removed_artifact", Set.of("removed_at")),
            Map.entry("pinned_artifact", Set.of("pinned_at")),
            Map.entry("audit_chain", Set.of()),
            Map.entry("annotator", Set.of("invited_at")),
            Map.entry("annotator_credential", Set.of("made_at")),
            Map.entry("label_batch", Set.of("opened_at")),
            Map.entry("label_item", Set.of()),
            Map.entry("label_subject", Set.of()),
            Map.entry("label", Set.of()),
            Map.entry("label_withdrawal", Set.of()));

    private static final List<String> SEALED = List.of(
            "lineage_node",
            "lineage_edge",
            "lineage_name",
            "lineage_document",
            "lineage_closure",
            "lineage_seal",
            "lineage_kind",
            "lineage_role",
            "audit_event");

    /** Tables of which nothing is found. */
    private static final Map<String, String> NOT_COVERED = Map.ofEntries(
            Map.entry(
                    "source_video",
                    "catalog: taken anew from the scan and the screening manifest; what was used is a sealed node"),
            Map.entry(
                    "clip",
                    "catalog: taken anew from the curation's artifact, which is hashed; what was used is a sealed node"),
            Map.entry("clip_decision", "catalog: computed anew from scores and configuration"),
            Map.entry("stage_artifact", "catalog: entered anew by the next run; the artifacts are sealed nodes"),
            Map.entry("stage_figure", "catalog: figures for reports, taken anew from the artifact, which is hashed"),
            Map.entry("run_alarm", "what the report says, noted anew with every report; its evaluations are hashed"),
            Map.entry("rejected_piece", "catalog: taken anew from the artifact, which is hashed"),
            Map.entry("node_readmission", "which machines to take in again"),
            Map.entry("clip_score", "catalog: as clip"),
            Map.entry(
                    "clip_caption", "catalog: taken anew from the captions' artifact; what was used is a sealed node"),
            Map.entry("clip_duplicate", "catalog: taken anew from the comparison's artifact, which is hashed"),
            Map.entry("preference_label", "catalog: read anew from the CSV, which is hashed and a sealed node"),
            Map.entry(
                    "label_request",
                    "what a run waits for, of which the labels themselves are told; replaced as it goes on"),
            Map.entry("imported_clip", "catalog: taken anew from the import's artifact, which is hashed"),
            Map.entry("follow_up", "what to start when others have ended; spent when it has started"),
            Map.entry("stop_request", "a wish to a running controller, removed when it is heard"),
            Map.entry("node_failure", "which machines to leave out for some hours"),
            Map.entry("slurm_round", "the last answers of Slurm, replaced by the next"),
            Map.entry("slurm_wish", "who waits for an answer"),
            Map.entry("remote_call", "a journal of commands, cut off by age"),
            Map.entry("flyway_schema_history", "Flyway's own, compared by Flyway with the scripts of this build"));

    private static AuditDatabase database;

    @BeforeAll
    static void fill() {
        database = AuditDatabase.create(postgres);
        for (String table : tables()) {
            // Whoever can switch triggers off can drop checks too.
            database.jdbc.sql("""
                            SELECT format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) FROM pg_constraint
                            WHERE conrelid = ?::regclass AND contype IN ('c', 'f')""").param(table).query(String.class).list().forEach(drop -> database.tamper(drop));
        }
        FilledLedger.fill(database);
        database.tamper("ALTER TABLE lineage_node ALTER COLUMN node_id DROP IDENTITY");
    }

    @AfterAll
    static void drop() {
        database.close();
    }

    @Test
    void whatNobodyTouchedIsSound() throws SQLException {
        assertThat(findings(tables())).isEmpty();
    }

    @Test
    void everyTableIsLookedAtHereOrSaidNotToBe() {
        Set<String> known = new TreeSet<>(NOT_COVERED.keySet());
        known.addAll(UNTOLD.keySet());
        known.addAll(SEALED);
        assertThat(tables()).isEqualTo(known);
    }

    @TestFactory
    List<DynamicTest> aChangedColumnIsFoundAndNamed() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String table : covered()) {
            database.jdbc
                    .sql("""
                            SELECT a.attname::text AS column, a.atttypid::regtype::text AS type FROM pg_attribute a
                            WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""")
                    .param(table)
                    .query((row, number) -> {
                        String column = row.getString("column");
                        if (!UNTOLD.getOrDefault(table, Set.of()).contains(column)) {
                            String change = changed(column, row.getString("type"));
                            tests.add(DynamicTest.dynamicTest(
                                    table + "." + column,
                                    () -> requireFound(table, changeOfLastRow(table, column, change))));
                        }
                        return column;
                    })
                    .list();
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> aRemovedRowIsFoundAndNamed() {
        return covered().stream()
                .map(table -> DynamicTest.dynamicTest(
                        table,
                        () -> requireFound(table, "DELETE FROM %s WHERE ctid = %s".formatted(table, last(table)))))
                .toList();
    }

    @Test
    void rowsThatWerePutInAreFoundAndNamed() throws SQLException {
        for (String[] each : new String[][] {
            {
                "lineage_node",
                "INSERT INTO lineage_node (node_id, kind, identity, label) VALUES (9998, 1, 'x', 'forged.mp4')"
            },
            {"lineage_edge", "INSERT INTO lineage_edge SELECT max(node_id), min(node_id), 6 FROM lineage_node"},
            {"lineage_name", "INSERT INTO lineage_name SELECT 'forged', max(node_id) FROM lineage_node"},
            {"lineage_document", "INSERT INTO lineage_document SELECT max(node_id), 'forged' FROM lineage_node"},
            {"lineage_closure", "INSERT INTO lineage_closure SELECT max(node_id), 1, '\\x02' FROM lineage_node"},
            {"lineage_seal", "INSERT INTO lineage_seal SELECT 9999, 1, sha256('forged')"},
            {"lineage_kind", "INSERT INTO lineage_kind VALUES (99, 'forged')"},
            {"lineage_role", "INSERT INTO lineage_role VALUES (99, 'forged', false)"},
            {
                "attempt",
                "INSERT INTO attempt SELECT token, 1, run_name, step_name, job_execution_id, label, task, artifact_key, 2,"
                        + " memory_mebibytes, state, stop_reason, failure_class, message, manifest_sha256, created_at, now() FROM attempt"
            },
            {
                "published_checkpoint",
                "INSERT INTO published_checkpoint SELECT 'dogs', step_name, label, task, artifact_key, manifest_sha256,"
                        + " content_sha256, workspace FROM published_checkpoint"
            },
            {"pinned_artifact", "INSERT INTO pinned_artifact VALUES ('forged', 'ann@login1', '')"},
            {"annotator", "INSERT INTO annotator VALUES ('eve', 'ann@login1')"},
            {"annotator_credential", "INSERT INTO annotator_credential VALUES ('ann', 9, 'PASSWORD', 'mine')"},
            {
                "label_batch",
                "INSERT INTO label_batch VALUES ('forged', 'cats', 'ABSOLUTE', 'forged', 1, 1, 'ann@login1')"
            },
            {"label_item", "INSERT INTO label_item SELECT 'forged', batch_id FROM label_batch"},
            {
                "label_subject",
                "INSERT INTO label_subject SELECT item_id, 2, subject_id, content_sha256, task, artifact_key, file, reference_file,"
                        + " method, prompt FROM label_subject"
            },
            {
                "label",
                "INSERT INTO label SELECT item_id, annotator, 9, 8, answers, origin, now() FROM label WHERE revision = 0"
            },
            {
                "label_withdrawal",
                "INSERT INTO label_withdrawal SELECT item_id, annotator, 9, now() FROM label_withdrawal"
            }
        }) {
            requireFound(each[0], each[1]);
        }
    }

    /** As good a forgery as one of a row can be: the seal is made to agree; the event does not. */
    @Test
    void aChangedNodeWithASealOfItsOwnIsFoundByTheEvent() throws SQLException {
        String forge =
                "UPDATE lineage_node SET label = 'mine.mp4' WHERE label = 'other.mp4'; UPDATE lineage_seal l SET seal = s.seal"
                        + " FROM lineage_seals(ARRAY(SELECT node_id FROM lineage_node WHERE label = 'mine.mp4')) AS s WHERE s.node_id = l.node_id";
        List<AuditFinding> found = afterTampering(Set.of("lineage_node", "lineage_seal"), forge);
        assertThat(found).hasSize(1);
        assertThat(found.get(0).text()).contains("tells of 1 seals").contains("'mine.mp4'");
    }

    /** The event changed too, with a hash that agrees: the chain says so. */
    @Test
    void whoMakesTheEventAgreeBreaksTheChain() throws SQLException {
        List<AuditFinding> found = afterTampering(
                Set.of("audit_event"),
                "UPDATE audit_event SET detail = replace(detail, '\"nodes\":1,', '\"nodes\":2,') WHERE kind = 'RECORDED'");
        assertThat(found).extracting(AuditFinding::kind).contains(AuditFinding.Kind.CHANGED);
    }

    private static void requireFound(String table, String change) throws SQLException {
        List<AuditFinding> found = afterTampering(Set.of(table), change);
        assertThat(found).as(change).isNotEmpty();
        // Named: the event by its number, or the row by its table and key, or the node.
        assertThat(found)
                .as(change)
                .anyMatch(finding -> finding.first() > 0
                        || finding.text().contains(table)
                        || finding.text().contains("(node ")
                        || finding.text().contains("event "));
    }

    private static List<AuditFinding> afterTampering(Set<String> tables, String change) throws SQLException {
        tables.forEach(table -> database.tamper("CREATE TABLE saved_%s AS TABLE %s".formatted(table, table)));
        try {
            database.tamper(change);
            return findings(tables);
        } finally {
            tables.forEach(table -> database.tamper(
                    "DELETE FROM " + table,
                    "INSERT INTO %s OVERRIDING SYSTEM VALUE SELECT * FROM saved_%s".formatted(table, table),
                    "DROP TABLE saved_" + table));
        }
    }

    /** As 'mugv audit verify' looks, but of the graph only where it may have changed: that is most of the time. */
    private static List<AuditFinding> findings(Set<String> tables) throws SQLException {
        List<AuditFinding> findings = new ArrayList<>(database.verify(List.of()).findings());
        try (Connection connection = database.address.connect()) {
            if (tables.stream().anyMatch(SEALED::contains)) {
                findings.addAll(new SealVerification(connection).verify().findings());
            }
            findings.addAll(new LedgerComparison(connection).compare().findings());
        }
        return findings;
    }

    private static String changeOfLastRow(String table, String column, String change) {
        return "UPDATE %s SET %s = %s WHERE ctid = %s".formatted(table, column, change, last(table));
    }

    private static String last(String table) {
        return "(SELECT ctid FROM %s ORDER BY ctid DESC LIMIT 1)".formatted(table);
    }

    private static String changed(String column, String type) {
        return switch (type) {
            case "text" -> "coalesce(%s, '') || 'x'".formatted(column);
            case "bigint", "integer", "smallint" -> "coalesce(%s, 0) + 1".formatted(column);
            case "boolean" -> "NOT " + column;
            case "jsonb" -> column + " || '{\"x\": 1}'";
            case "bytea" -> column + " || '\\x00'";
            case "timestamp with time zone" -> column + " + interval '1 second'";
            case "xid8" -> "'1'";
            default -> throw new IllegalStateException("no change is known for a column of type " + type);
        };
    }

    private static Set<String> covered() {
        Set<String> covered = new TreeSet<>(UNTOLD.keySet());
        covered.addAll(SEALED);
        return covered;
    }

    private static Set<String> tables() {
        return new TreeSet<>(new HashSet<>(database.jdbc
                .sql(
                        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'batch_%'")
                .query(String.class)
                .list()));
    }
}
