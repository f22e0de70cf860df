package dev.mugv.steps.labels;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A label store with samples of a run to label. */
public final class LabelledRun {
    static final Instant NOON = Instant.parse("2026-11-30T12:00:00.123456Z");
    private static final String KEY = "a".repeat(64);

    final JdbcClient jdbc;
    final TransactionTemplate transactions;
    final LabelStore store;
    final Annotators annotators;
    final String run;

    public LabelledRun(DataSource source, String run) {
        this.jdbc = JdbcClient.create(source);
        this.transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        this.run = run;
        AuditLog audit = new AuditLog(jdbc, transactions, new Actor("ann", "login1", 4711));
        this.store = new LabelStore(jdbc, transactions, audit);
        this.annotators = new Annotators(jdbc, transactions, audit);
        new StageCatalog(jdbc)
                .put(
                        run,
                        "generate-preferences",
                        0,
                        new StageArtifact("samples", new ArtifactRef(TaskKind.GENERATE_PREFERENCES, KEY, KEY)));
    }

    LabelBatch batch(LabelKind kind, String name, int annotators, String... samples) {
        LabelBatch batch = LabelBatch.of(run, kind, name, annotators, 7);
        List<LabelItem> items = new ArrayList<>();
        for (int i = 0; i < samples.length; i++) {
            if (kind.isOfPairs()) {
                items.add(LabelItem.of(batch, subject(samples[i], ""), subject(samples[++i], "")));
            } else {
                String[] parts = samples[i].split("@", -1);
                items.add(LabelItem.of(batch, subject(parts[0], parts.length > 1 ? parts[1] : "")));
            }
        }
        store.open(batch, items);
        return batch;
    }

    static LabelSubject subject(String id, String method) {
        return new LabelSubject(
                id,
                new LabelSubject.Content(
                        LabelItem.digest(id + method), TaskKind.GENERATE_PREFERENCES, KEY, "videos/" + id + ".mp4", ""),
                method,
                "a text");
    }

    LabelItem item(LabelBatch batch, String subject) {
        return store.reader().items(batch).stream()
                .filter(item -> item.subjects().stream()
                        .anyMatch(each -> each.subjectId().equals(subject)))
                .findFirst()
                .orElseThrow();
    }

    GivenLabel label(LabelItem item, String annotator, String... answers) {
        Map<String, String> byAxis = new TreeMap<>();
        for (String answer : answers) {
            String[] parts = answer.split("=", -1);
            byAxis.put(parts[0], parts[1]);
        }
        return new GivenLabel(item.itemId(), annotator, new TreeMap<>(byAxis), "page", NOON);
    }

    /** An absolute label: pass on every axis, or fail on the last. */
    GivenLabel verdict(LabelItem item, String annotator, String verdict) {
        return label(item, annotator, "semantic-match=pass", "subject-preserved=pass", "free-of-errors=" + verdict);
    }
}
