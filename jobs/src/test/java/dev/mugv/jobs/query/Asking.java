package dev.mugv.jobs.query;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.model.config.AnnotationRequest;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.labels.Annotators;
import dev.mugv.steps.labels.GivenLabel;
import dev.mugv.steps.labels.LabelAnswers;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelItem;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelQuestion;
import dev.mugv.steps.labels.LabelRequests;
import dev.mugv.steps.labels.LabelStore;
import dev.mugv.steps.labels.LabelSubject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A run that asks two annotators about two samples. */
final class Asking {
    private static final String KEY = "a".repeat(64);

    private final RunIdentity run;
    private final LabelStore store;
    private final LabelRequests requests;
    boolean went;

    Asking(DataSource source, RunIdentity run) {
        this.run = run;
        JdbcClient jdbc = JdbcClient.create(source);
        TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        AuditLog audit = new AuditLog(jdbc, transactions, new Actor("ann", "login1", 4711));
        this.store = new LabelStore(jdbc, transactions, audit);
        this.requests = new LabelRequests(jdbc, store, run.name(), run.workspace());
        Annotators annotators = new Annotators(jdbc, transactions, audit);
        List.of("ann", "bob").forEach(annotators::invite);
        new StageCatalog(jdbc)
                .put(
                        run.name(),
                        "generate-preferences",
                        0,
                        new StageArtifact("samples", new ArtifactRef(TaskKind.GENERATE_PREFERENCES, KEY, KEY)));
    }

    Optional<LabelAnswers.Waiting> ask() {
        LabelQuestion question = new LabelQuestion(
                LabelKind.ABSOLUTE,
                "samples",
                new AnnotationRequest(2, 1),
                LabelQuestion.Reuse.ITEMS,
                List.of(List.of(subject("s1")), List.of(subject("s2"))));
        return requests.ask("label-preferences", List.of(question)) instanceof LabelAnswers.Waiting waiting
                ? Optional.of(waiting)
                : Optional.empty();
    }

    private static LabelSubject subject(String id) {
        return new LabelSubject(
                id,
                new LabelSubject.Content(
                        (id.equals("s1") ? "b" : "c").repeat(64),
                        TaskKind.GENERATE_PREFERENCES,
                        KEY,
                        "videos/" + id + ".mp4",
                        ""),
                "",
                "a text");
    }

    int batches() {
        return store.reader().batches(run.name()).size();
    }

    void label(String annotator, String... samples) {
        LabelBatch batch = store.reader().batches(run.name()).get(0);
        for (String sample : samples) {
            LabelItem item = store.reader().items(batch).stream()
                    .filter(each -> each.subjects().get(0).subjectId().equals(sample))
                    .findFirst()
                    .orElseThrow();
            store.give(
                    batch,
                    new GivenLabel(
                            item.itemId(),
                            annotator,
                            new TreeMap<>(Map.of(
                                    "semantic-match", "pass", "subject-preserved", "pass", "free-of-errors", "pass")),
                            "page",
                            Instant.parse("2026-11-30T12:00:00Z")));
        }
    }
}
