package dev.mugv.steps.labels;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.labels.LabelsFile.Content;
import dev.mugv.steps.labels.LabelsFile.Fault;
import dev.mugv.steps.labels.LabelsFile.Row;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.transaction.support.TransactionOperations;

/** Labels of a batch into a CSV file and out of one: all of it or nothing. */
public final class LabelTransfer {
    private static final int TOLD_FAULTS = 5;

    private final LabelStore store;
    private final Annotators annotators;
    private final TransactionOperations transactions;
    private final Clock clock;

    public LabelTransfer(LabelStore store, Annotators annotators, TransactionOperations transactions, Clock clock) {
        this.store = store;
        this.annotators = annotators;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * What an import did.
     *
     * @param added labels that were new
     * @param thereAlready labels that stood already with the same answers
     */
    public record Imported(int added, int thereAlready) {}

    /** The standing labels of a batch as CSV. */
    public String csv(LabelBatch batch) {
        LabelReader reader = store.reader();
        return new LabelsFile(batch, reader.items(batch)).text(reader.standing(batch));
    }

    /**
     * Imports a file, in one transaction.
     *
     * @throws WorkFailure of kind INVALID_REQUEST naming lines and columns of what is wrong; then nothing is imported
     */
    public Imported importCsv(LabelBatch batch, Path file) {
        return transactions.execute(status -> {
            Content content = new LabelsFile(batch, store.reader().items(batch)).read(file);
            List<Fault> faults = new ArrayList<>(content.faults());
            faults.addAll(faults(batch, content.rows()));
            if (!faults.isEmpty()) {
                throw refused(file, faults);
            }
            int added = 0;
            for (Row row : content.rows()) {
                GivenLabel label = new GivenLabel(
                        row.item().itemId(),
                        row.annotator(),
                        row.answers(),
                        "imported from " + file.getFileName(),
                        row.givenAt().orElse(clock.instant()));
                added += store.give(batch, label) == LabelStore.Outcome.ADDED ? 1 : 0;
            }
            return new Imported(added, content.rows().size() - added);
        });
    }

    private List<Fault> faults(LabelBatch batch, List<Row> rows) {
        Set<String> names =
                annotators.all().stream().map(Annotators.Annotator::name).collect(Collectors.toSet());
        Set<String> deleted = store.reader().deletedSubjects(batch);
        Map<String, GivenLabel> standing = store.reader().standing(batch).stream()
                .collect(Collectors.toMap(label -> key(label.itemId(), label.annotator()), label -> label));
        Map<String, Long> labelsOfItem = standing.values().stream()
                .collect(Collectors.groupingBy(GivenLabel::itemId, HashMap::new, Collectors.counting()));
        Map<String, Long> lineOfKey = new HashMap<>();
        List<Fault> faults = new ArrayList<>();
        for (Row row : rows) {
            String key = key(row.item().itemId(), row.annotator());
            if (!names.contains(row.annotator())) {
                faults.add(new Fault(
                        row.line(), "annotator", "nobody of the name '%s' was invited".formatted(row.annotator())));
            }
            for (LabelSubject subject : row.item().subjects()) {
                if (deleted.contains(subject.subjectId())) {
                    faults.add(new Fault(
                            row.line(),
                            batch.kind().isOfPairs() ? "first" : "subject",
                            "'%s' was deleted from run '%s'".formatted(subject.subjectId(), batch.run())));
                }
            }
            Long before = lineOfKey.putIfAbsent(key, row.line());
            Optional<GivenLabel> known = Optional.ofNullable(standing.get(key));
            if (before != null) {
                faults.add(new Fault(
                        row.line(),
                        "annotator",
                        "'%s' labels this item twice, first on line %d".formatted(row.annotator(), before)));
            } else if (known.isPresent() && !known.get().answers().equals(row.answers())) {
                faults.add(contradiction(row, known.get()));
            } else if (known.isEmpty()
                    && labelsOfItem.merge(row.item().itemId(), 1L, Long::sum) > batch.annotatorsPerItem()) {
                faults.add(new Fault(
                        row.line(),
                        "annotator",
                        "item %s gets more than its %d labels"
                                .formatted(row.item().itemId(), batch.annotatorsPerItem())));
            }
        }
        return faults;
    }

    private static Fault contradiction(Row row, GivenLabel known) {
        String axis = row.answers().entrySet().stream()
                .filter(answer -> !answer.getValue().equals(known.answers().get(answer.getKey())))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
        return new Fault(
                row.line(),
                axis,
                "contradicts what '%s' said of this item on %s (%s)"
                        .formatted(row.annotator(), known.givenAt(), known.answers()));
    }

    private static String key(String item, String annotator) {
        return item + "/" + annotator;
    }

    private static WorkFailure refused(Path file, List<Fault> faults) {
        String told = faults.stream()
                .sorted(Comparator.comparingLong(Fault::line))
                .limit(TOLD_FAULTS)
                .map(Fault::text)
                .collect(Collectors.joining("; "));
        int more = faults.size() - TOLD_FAULTS;
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot import labels '%s': %s%s. Nothing was imported; correct the file and import it again."
                        .formatted(file, told, more > 0 ? "; and %d more".formatted(more) : ""));
    }
}
