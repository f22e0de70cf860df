package dev.mugv.steps.labels;

import dev.mugv.steps.labels.LabelAnswers.AnsweredItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Asks people on behalf of a run's steps: opens what nobody was asked about yet, and gives the answers when all are there. Table
 * {@code label_request} holds what is waited for. A batch's name is a function of what it shows, so asking again opens
 * nothing twice, whenever a controller was killed.
 */
public final class LabelRequests {
    private final JdbcClient jdbc;
    private final LabelStore store;
    private final String run;
    private final Path workspace;

    /** @param workspace of the run that asks */
    public LabelRequests(JdbcClient jdbc, LabelStore store, String run, Path workspace) {
        this.jdbc = jdbc;
        this.store = store;
        this.run = run;
        this.workspace = workspace;
    }

    /**
     * Asks all questions of a step; to be called in a transaction.
     *
     * @throws dev.mugv.model.run.WorkFailure of kind INVALID_REQUEST when a question has nothing to show
     */
    public LabelAnswers ask(String step, List<LabelQuestion> questions) {
        List<List<AnsweredItem>> answers = new ArrayList<>();
        Map<String, LabelBatch> awaited = new LinkedHashMap<>();
        for (LabelQuestion question : questions) {
            List<Candidate> found = found(question);
            answers.add(found.stream().map(Candidate::answered).toList());
            found.stream()
                    .filter(candidate -> !candidate.isComplete())
                    .forEach(candidate -> awaited.put(candidate.batch().batchId(), candidate.batch()));
        }
        note(step, awaited.keySet());
        return awaited.isEmpty()
                ? new LabelAnswers.Complete(answers)
                : new LabelAnswers.Waiting(awaited.values().stream()
                        .map(batch -> AwaitedBatch.of(store.reader(), step, batch))
                        .toList());
    }

    /** What people said already of what a question shows, the newest complete labels of each item; nobody is asked. */
    public List<AnsweredItem> answered(LabelKind kind, int annotators) {
        Map<String, AnsweredItem> newest = new LinkedHashMap<>();
        for (LabelBatch batch : batches(kind, annotators)) {
            candidates(batch).forEach((key, candidate) -> {
                if (candidate.isComplete()) {
                    newest.putIfAbsent(key, candidate.answered());
                }
            });
        }
        return List.copyOf(newest.values());
    }

    private record Candidate(LabelBatch batch, LabelItem item, List<GivenLabel> given) {
        boolean isComplete() {
            return given.size() >= batch.annotatorsPerItem();
        }

        AnsweredItem answered() {
            Optional<String> verdict = MajorityVerdict.of(batch, List.of(item), given).stream()
                    .findFirst()
                    .flatMap(MajorityVerdict::verdict);
            return new AnsweredItem(batch, item, given, verdict);
        }
    }

    /** The item of the store for each that is shown; what nobody was asked about is opened. */
    private List<Candidate> found(LabelQuestion question) {
        Map<String, Candidate> known = known(question);
        List<List<LabelSubject>> fresh = question.shown().stream()
                .filter(subjects -> !known.containsKey(LabelQuestion.key(subjects)))
                .toList();
        if (!fresh.isEmpty() || question.shown().isEmpty()) {
            LabelBatch batch = free(question, fresh);
            store.open(batch, LabelQuestion.items(batch, fresh));
            candidates(batch).forEach(known::putIfAbsent);
        }
        return question.shown().stream()
                .map(subjects -> java.util.Objects.requireNonNull(known.get(LabelQuestion.key(subjects))))
                .toList();
    }

    /** A batch under a name that no other has: whatever has it shows what is gone. */
    private LabelBatch free(LabelQuestion question, List<List<LabelSubject>> fresh) {
        int ordinal = 1;
        LabelBatch batch = question.batch(run, fresh, ordinal);
        while (store.reader().find(run, batch.name()).isPresent()) {
            batch = question.batch(run, fresh, ++ordinal);
        }
        return batch;
    }

    /** Complete ones before others, then the newest. */
    private Map<String, Candidate> known(LabelQuestion question) {
        Set<String> wanted = question.shown().stream().map(LabelQuestion::key).collect(Collectors.toSet());
        Map<String, Candidate> known = new HashMap<>();
        for (LabelBatch batch : batches(question.kind(), question.people().annotators())) {
            Map<String, Candidate> candidates = candidates(batch);
            boolean counts = question.reuse() == LabelQuestion.Reuse.ITEMS
                    || candidates.keySet().containsAll(wanted);
            if (counts) {
                candidates.forEach((key, candidate) -> known.merge(
                        key, candidate, (newer, older) -> newer.isComplete() || !older.isComplete() ? newer : older));
            }
        }
        return known;
    }

    /** Those that as many label at least, the newest first. */
    private List<LabelBatch> batches(LabelKind kind, int annotators) {
        List<LabelBatch> batches = new ArrayList<>(store.reader().batches(run).stream()
                .filter(batch -> batch.kind() == kind && batch.annotatorsPerItem() >= annotators)
                .toList());
        Collections.reverse(batches);
        return batches;
    }

    private Map<String, Candidate> candidates(LabelBatch batch) {
        Map<String, List<GivenLabel>> given =
                MajorityVerdict.byItem(store.reader().standing(batch));
        Set<String> deleted = store.reader().deletedSubjects(batch);
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        for (LabelItem item : store.reader().items(batch)) {
            Candidate candidate = new Candidate(batch, item, given.getOrDefault(item.itemId(), List.of()));
            // What was labelled counts for its content wherever that lies now; what was not can be shown no more.
            if (candidate.isComplete()
                    || item.subjects().stream().noneMatch(subject -> deleted.contains(subject.subjectId()))) {
                candidates.put(LabelQuestion.key(item.subjects()), candidate);
            }
        }
        return candidates;
    }

    private void note(String step, Set<String> batches) {
        jdbc.sql("DELETE FROM label_request WHERE run_name = ? AND workspace = ? AND step_name = ?"
                        + " AND batch_id <> ALL (?::text[])")
                .param(run)
                .param(workspace.toString())
                .param(step)
                .param(batches.toArray(String[]::new))
                .update();
        for (String batch : batches) {
            jdbc.sql("""
                            INSERT INTO label_request (run_name, workspace, step_name, batch_id) VALUES (?, ?, ?, ?)
                            ON CONFLICT ON CONSTRAINT label_request_pk DO NOTHING""").params(run, workspace.toString(), step, batch).update();
        }
    }
}
