package dev.mugv.steps.labels;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Tables {@code label_batch}, {@code label_item}, {@code label_subject}, {@code label} and {@code label_withdrawal}: what is
 * labelled and what was said. Rows are only added, each in one transaction with the audit event that tells of it.
 */
public final class LabelStore {
    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final AuditLog audit;
    private final LabelReader reader;

    public LabelStore(JdbcClient jdbc, TransactionOperations transactions, AuditLog audit) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.audit = audit;
        this.reader = new LabelReader(jdbc);
    }

    /** What stands in it. */
    public LabelReader reader() {
        return reader;
    }

    /** Whether something was added. */
    public enum Outcome {
        ADDED,
        THERE_ALREADY
    }

    /**
     * Opens a batch for labelling; opening it again with the same items changes nothing.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when there is nothing to label, or the name has other items already
     */
    public Outcome open(LabelBatch batch, List<LabelItem> items) {
        if (items.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot open labels '%s' of run '%s': expected at least one item, found none. Run the stage that makes them first."
                            .formatted(batch.name(), batch.run()));
        }
        return transactions.execute(status -> {
            Optional<LabelBatch> known = reader.find(batch.run(), batch.name());
            if (known.isPresent()) {
                return requireSame(known.get(), batch, items);
            }
            insert(batch, items);
            String seal = jdbc.sql("SELECT label_items_sha256(?)")
                    .param(batch.batchId())
                    .query(String.class)
                    .single();
            Map<String, Object> detail = new TreeMap<>(Map.of(
                    "label-kind", batch.kind().name(),
                    "name", batch.name(),
                    "annotators-per-item", batch.annotatorsPerItem(),
                    "seed", batch.seed(),
                    "items", items.size(),
                    "items-sha256", seal));
            audit.append(AuditEvent.of(AuditKind.LABELS_OPENED, batch.run(), batch.batchId(), detail));
            return Outcome.ADDED;
        });
    }

    private Outcome requireSame(LabelBatch known, LabelBatch batch, List<LabelItem> items) {
        Set<String> there = reader.items(known).stream().map(LabelItem::itemId).collect(Collectors.toSet());
        Set<String> wanted = items.stream().map(LabelItem::itemId).collect(Collectors.toSet());
        if (!known.equals(batch) || !there.equals(wanted)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot open labels '%s' of run '%s': expected the %d items (%s, %d annotators each) that stand under this name, found %d others of kind %s. Give another --name."
                            .formatted(
                                    batch.name(),
                                    batch.run(),
                                    there.size(),
                                    known.kind().label(),
                                    known.annotatorsPerItem(),
                                    wanted.size(),
                                    batch.kind().label()));
        }
        return Outcome.THERE_ALREADY;
    }

    private void insert(LabelBatch batch, List<LabelItem> items) {
        jdbc.sql("""
                        INSERT INTO label_batch (batch_id, run_name, kind, name, annotators_per_item, seed, opened_by)
                        VALUES (?, ?, ?, ?, ?, ?, ?)""")
                .params(
                        batch.batchId(),
                        batch.run(),
                        batch.kind().name(),
                        batch.name(),
                        batch.annotatorsPerItem(),
                        batch.seed(),
                        audit.actor().text())
                .update();
        for (LabelItem item : items) {
            jdbc.sql("INSERT INTO label_item (item_id, batch_id) VALUES (?, ?)")
                    .params(item.itemId(), batch.batchId())
                    .update();
            for (int side = 0; side < item.subjects().size(); side++) {
                LabelSubject subject = item.subjects().get(side);
                LabelSubject.Content shown = subject.content();
                jdbc.sql("""
                                INSERT INTO label_subject (item_id, side, subject_id, content_sha256, task, artifact_key, file,
                                    reference_file, method, prompt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                        .params(
                                item.itemId(),
                                side + 1,
                                subject.subjectId(),
                                shown.sha256(),
                                shown.task().name(),
                                shown.artifactKey(),
                                shown.file(),
                                shown.reference(),
                                subject.method(),
                                subject.prompt())
                        .update();
            }
        }
    }

    /**
     * Takes a label in; the same one again changes nothing.
     *
     * @throws WorkFailure of kind INVALID_REQUEST when its answers are not those that are asked, this annotator has said
     *     something else, the item has all its labels, or what it shows was deleted
     */
    public Outcome give(LabelBatch batch, GivenLabel label) {
        batch.kind().requireAnswers(label.answers());
        return transactions.execute(status -> {
            // Two annotators who take the last place at once.
            jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('mugv label ' || ?, 0))")
                    .param(label.itemId())
                    .query((row, number) -> true)
                    .list();
            List<GivenLabel> standing = reader.standingOf(label.itemId());
            Optional<GivenLabel> own = standing.stream()
                    .filter(each -> each.annotator().equals(label.annotator()))
                    .findFirst();
            if (own.isPresent()) {
                requireSame(own.get(), label);
                return Outcome.THERE_ALREADY;
            }
            requireOpen(batch, label, standing.size());
            insert(batch, label);
            return Outcome.ADDED;
        });
    }

    private static void requireSame(GivenLabel known, GivenLabel label) {
        if (!known.answers().equals(label.answers())) {
            throw refused(
                    label,
                    "%s has labelled it already, with other answers (%s)".formatted(known.annotator(), known.answers()),
                    "Withdraw that label first");
        }
    }

    private void requireOpen(LabelBatch batch, GivenLabel label, int labels) {
        LabelItem item = reader.item(label.itemId())
                .filter(each -> each.batchId().equals(batch.batchId()))
                .orElseThrow(() -> refused(
                        label, "labels '%s' have no such item".formatted(batch.name()), "Ask for the next item"));
        if (labels >= batch.annotatorsPerItem()) {
            throw refused(
                    label, "expected fewer than %d labels, found all of them".formatted(labels), "Go on with the next");
        }
        Set<String> deleted = reader.deletedSubjects(batch);
        for (LabelSubject subject : item.subjects()) {
            if (deleted.contains(subject.subjectId())) {
                throw refused(
                        label,
                        "'%s' was deleted from run '%s'".formatted(subject.subjectId(), batch.run()),
                        "Go on with the next");
            }
        }
    }

    private static WorkFailure refused(GivenLabel label, String fact, String next) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST, "Cannot label item %s: %s. %s.".formatted(label.itemId(), fact, next));
    }

    private void insert(LabelBatch batch, GivenLabel label) {
        int revision = jdbc.sql("SELECT count(*) FROM label WHERE item_id = ? AND annotator = ?")
                .params(label.itemId(), label.annotator())
                .query(Integer.class)
                .single();
        String answers = Json.text(label.answers());
        jdbc.sql("""
                        INSERT INTO label (item_id, annotator, revision, replaces, answers, origin, given_at)
                        VALUES (?, ?, ?, nullif(?, 0) - 1, ?, ?, ?)""")
                .params(
                        label.itemId(),
                        label.annotator(),
                        revision,
                        revision,
                        answers,
                        label.origin(),
                        OffsetDateTime.ofInstant(label.givenAt(), ZoneOffset.UTC))
                .update();
        Map<String, Object> detail = new TreeMap<>(Map.of(
                "answers", answers,
                "origin", label.origin(),
                "given-at", label.givenAt().toString()));
        if (revision > 0) {
            detail.put("replaces", revision - 1);
        }
        audit.append(AuditEvent.of(AuditKind.LABELLED, batch.run(), subject(label, revision), detail));
    }

    /** Takes back the label that an annotator gave last in a batch, by a row that says so; empty when there is none. */
    public Optional<GivenLabel> withdrawLast(LabelBatch batch, String annotator, java.time.Instant at) {
        return transactions.execute(status -> {
            Optional<GivenLabel> last = reader.standing(batch).stream()
                    .filter(label -> label.annotator().equals(annotator))
                    .max(Comparator.comparing(GivenLabel::givenAt).thenComparing(GivenLabel::itemId));
            last.ifPresent(label -> withdraw(batch, label, at.truncatedTo(java.time.temporal.ChronoUnit.MICROS)));
            return last;
        });
    }

    private void withdraw(LabelBatch batch, GivenLabel label, java.time.Instant at) {
        int revision = jdbc.sql("SELECT max(revision) FROM label WHERE item_id = ? AND annotator = ?")
                .params(label.itemId(), label.annotator())
                .query(Integer.class)
                .single();
        jdbc.sql("INSERT INTO label_withdrawal (item_id, annotator, revision, withdrawn_at) VALUES (?, ?, ?, ?)")
                .params(label.itemId(), label.annotator(), revision, OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
                .update();
        audit.append(AuditEvent.of(
                AuditKind.LABEL_WITHDRAWN,
                batch.run(),
                subject(label, revision),
                Map.of("withdrawn-at", at.toString())));
    }

    private static String subject(GivenLabel label, int revision) {
        return label.itemId() + "/" + label.annotator() + "/" + revision;
    }
}
