package dev.mugv.steps.audit;

import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.labels.Annotators;
import dev.mugv.steps.labels.GivenLabel;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelItem;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelStore;
import dev.mugv.steps.labels.LabelSubject;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A row of every table that something is told of, with what is told; and a graph with rows in all its tables. */
record FilledLedger(AuditDatabase database) {
    static final String TOKEN = "5e08b29d32ffb4e34bb1f8a14c27be48";
    static final String KEY = "a".repeat(64);
    static final String MANIFEST = "b".repeat(64);

    static void fill(AuditDatabase database) {
        FilledLedger filled = new FilledLedger(database);
        filled.ledger();
        filled.lineage();
        filled.labels();
    }

    /** A label that was withdrawn and the one after it. */
    private void labels() {
        Annotators annotators = new Annotators(database.jdbc, database.transactions, database.log);
        annotators.invite("ann");
        LabelStore store = new LabelStore(database.jdbc, database.transactions, database.log);
        LabelBatch batch = LabelBatch.of("cats", LabelKind.HUMAN_EVALUATION, "study", 3, 1);
        LabelItem item = LabelItem.of(
                batch,
                new LabelSubject(
                        "s1",
                        new LabelSubject.Content(KEY, TaskKind.EVALUATE_MODEL, KEY, "videos/s1.mp4", "s1.png"),
                        "finetune",
                        "a cat"));
        store.open(batch, List.of(item));
        database.jdbc.sql("""
                        INSERT INTO stage_artifact (run_name, stage, label, task, artifact_key, manifest_sha256, position)
                        VALUES ('cats', 'evaluate-models', 'finetune', 'EVALUATE_MODEL', ?, ?, 0)""").params(KEY, MANIFEST).update();
        Instant at = Instant.parse("2100-01-01T10:00:00.123457Z");
        GivenLabel label = new GivenLabel(item.itemId(), "ann", new TreeMap<>(Map.of("realistic", "no")), "page", at);
        store.give(batch, label);
        store.withdrawLast(batch, "ann", at.plusSeconds(1));
        store.give(batch, label);
    }

    private void ledger() {
        database.jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, place, elements, parallel, external_id, prepared_at,
                            tried_at, submitted_at)
                        VALUES (?, 'cats', 'finetune', 'SUBMITTED', 'here', 1, 1, '77', now(), now(), now())""").param(TOKEN).update();
        tell(
                AuditKind.SUBMITTED,
                TOKEN,
                Map.of("step", "finetune", "elements", 1, "external-id", "77", "place", "here"));
        database.jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task, artifact_key,
                            number, memory_mebibytes, state, failure_class, message, manifest_sha256, created_at, decided_at)
                        VALUES (?, 0, 'cats', 'finetune', 1, 'finetune', 'TRAIN_MODEL', ?, 1, 100, 'SUCCEEDED', NULL, 'done', ?, now(),
                            now())""").params(TOKEN, KEY, MANIFEST).update();
        tell(
                AuditKind.VERDICT,
                TOKEN + "/0",
                Map.of(
                        "step",
                        "finetune",
                        "label",
                        "finetune",
                        "task",
                        "TRAIN_MODEL",
                        "artifact-key",
                        KEY,
                        "number",
                        1,
                        "state",
                        "SUCCEEDED",
                        "message",
                        "done",
                        "manifest-sha256",
                        MANIFEST));
        database.jdbc.sql("""
                        INSERT INTO attempt_run (token, logical_index, run_number, executor_state, detail, exit_code, outcome, host,
                            started_at, ended_at)
                        VALUES (?, 0, 0, 'COMPLETED', 'words', 0, 'SUCCEEDED', 'n1', now(), '2026-11-30T10:00:00.123457Z')""").param(TOKEN).update();
        tell(
                AuditKind.FINISHED,
                TOKEN + "/0",
                Map.of(
                        "run",
                        0,
                        "executor-state",
                        "COMPLETED",
                        "executor-words",
                        "words",
                        "exit-code",
                        0,
                        "worker-says",
                        "SUCCEEDED",
                        "host",
                        "n1",
                        "ended-at",
                        "2026-11-30T10:00:00.123456789Z"));
        database.jdbc.sql("""
                        INSERT INTO published_checkpoint (run_name, step_name, label, task, artifact_key, manifest_sha256, content_sha256,
                            workspace) VALUES ('cats', 'finetune', 'finetune', 'TRAIN_MODEL', ?, ?, ?, '/w')""").params(KEY, MANIFEST, KEY).update();
        tell(
                AuditKind.PUBLISHED,
                KEY,
                Map.of(
                        "step",
                        "finetune",
                        "label",
                        "finetune",
                        "task",
                        "train-model",
                        "manifest-sha256",
                        MANIFEST,
                        "content-sha256",
                        KEY,
                        "workspace",
                        "/w"));
        database.jdbc.sql("""
                        INSERT INTO removed_artifact (artifact_key, workspace, task, manifest_sha256, files, bytes, removed_by)
                        VALUES (?, '/w', 'TRAIN_MODEL', ?, 3, 7, 'ann@login1')""").params(KEY, MANIFEST).update();
        tell(
                AuditKind.DELETED,
                KEY,
                Map.of("task", "train-model", "manifest-sha256", MANIFEST, "files", 3, "bytes", 7, "workspace", "/w"));
        database.jdbc
                .sql("INSERT INTO pinned_artifact (artifact_key, pinned_by, note) VALUES (?, 'ann@login1', 'keep')")
                .param(KEY)
                .update();
        tell(AuditKind.PINNED, KEY, Map.of("note", "keep"));
    }

    private void tell(AuditKind kind, String subject, Map<String, Object> detail) {
        database.log.append(AuditEvent.of(kind, "cats", subject, detail));
    }

    /** So many clips that their list has a closure; a document; names. */
    private void lineage() {
        List<NewNode> nodes = new ArrayList<>();
        NodeKey attempt = new NodeKey(NodeKind.ATTEMPT, TOKEN + "/0");
        nodes.add(NewNode.of(NodeKind.ATTEMPT, TOKEN + "/0", "finetune #1").build());
        nodes.add(NewNode.of(NodeKind.VIDEO, KEY, "film.mp4").build());
        List<NodeKey> clips = IntStream.range(0, 1000)
                .mapToObj(i -> NewNode.of(NodeKind.CLIP, "clip" + i, "clip " + i)
                        .from(EdgeRole.CUT_FROM, new NodeKey(NodeKind.VIDEO, KEY))
                        .madeBy(Optional.of(attempt))
                        .build())
                .peek(nodes::add)
                .map(NewNode::key)
                .toList();
        nodes.add(NewNode.ofDocument(NodeKind.MANIFEST, "[\"clip0\"]", "clips")
                .name("training clips")
                .fact("clips", 1000)
                .from(EdgeRole.CONTAINS, clips)
                .build());
        LineageGraph graph = new LineageGraph(database.jdbc);
        database.transactions.executeWithoutResult(status -> graph.record(nodes));
        // A second batch, and names that are given later.
        database.transactions.executeWithoutResult(status -> {
            graph.record(NewNode.of(NodeKind.VIDEO, MANIFEST, "other.mp4").build());
            graph.name(new NodeKey(NodeKind.VIDEO, MANIFEST), List.of("another word"));
        });
    }
}
