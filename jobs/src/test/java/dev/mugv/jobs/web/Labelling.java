package dev.mugv.jobs.web;

import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.labels.Annotators;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelItem;
import dev.mugv.steps.labels.LabelKind;
import dev.mugv.steps.labels.LabelSources;
import dev.mugv.steps.labels.LabelStore;
import dev.mugv.steps.labels.LabelSubject;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Something to label of a shown run: its samples by three questions of a study, a pair of them, and its chosen clip. */
record Labelling(LabelStore store, Annotators annotators, LabelBatch study, LabelBatch pair, LabelBatch review) {
    static final String PASSWORD = "a long enough secret";

    static Labelling of(ShownRun shown, DataSource source) {
        JdbcClient jdbc = JdbcClient.create(source);
        TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        AuditLog audit = new AuditLog(jdbc, transactions, new Actor("ann", "login1", 4711));
        LabelStore store = new LabelStore(jdbc, transactions, audit);
        LabelSources sources = new LabelSources(jdbc, shown.identity().workspace());
        LabelBatch study = LabelBatch.of(ShownRun.RUN, LabelKind.HUMAN_EVALUATION, "study-1", 3, 1);
        List<LabelItem> items = sources.items(study, "evaluate-models");
        store.open(study, items);
        LabelBatch pair = LabelBatch.of(ShownRun.RUN, LabelKind.PAIRWISE, "pairs-1", 3, 1);
        List<LabelSubject> samples =
                items.stream().map(item -> item.subjects().get(0)).toList();
        store.open(pair, List.of(LabelItem.of(pair, samples.get(0), samples.get(1))));
        LabelBatch review = LabelBatch.of(ShownRun.RUN, LabelKind.CLIP_REVIEW, "review-1", 3, 1);
        store.open(review, sources.items(review, "curate-videos"));
        return new Labelling(store, new Annotators(jdbc, transactions, audit), study, pair, review);
    }

    AnnotationDesk desk(Clock clock) {
        return new AnnotationDesk(store, annotators, clock);
    }

    /** An annotator with the password above. */
    void invite(String name) {
        annotators.invite(name);
        annotators.choosePassword(name, PASSWORD);
    }
}
