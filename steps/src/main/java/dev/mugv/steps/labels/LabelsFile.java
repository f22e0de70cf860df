package dev.mugv.steps.labels;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * Labels of one batch as a CSV file: columns {@code subject}, or {@code first} and {@code second} of pairs, {@code method} in a
 * blind evaluation, {@code annotator}, an axis each; {@code item}, {@code given-at} and {@code batch} may be there.
 */
final class LabelsFile {
    private static final List<String> OPTIONAL = List.of("batch", "item", "given-at");
    private static final String GIVEN_AT = "given-at";
    private static final String ANNOTATOR = "annotator";

    private final LabelBatch batch;
    private final List<LabelItem> items;

    LabelsFile(LabelBatch batch, List<LabelItem> items) {
        this.batch = batch;
        this.items = items;
    }

    /**
     * A row that could be read.
     *
     * @param line of the file, from 1
     * @param givenAt absent where the file does not say
     */
    record Row(
            long line,
            LabelItem item,
            String annotator,
            SortedMap<String, String> answers,
            Optional<Instant> givenAt) {}

    /**
     * A fault of a file.
     *
     * @param column empty when it is the line's
     */
    record Fault(long line, String column, String fact) {
        String text() {
            return "line %d%s: %s".formatted(line, column.isEmpty() ? "" : ", column '" + column + "'", fact);
        }
    }

    /** What a file says; rows with a fault are not among the rows. */
    record Content(List<Row> rows, List<Fault> faults) {}

    private List<String> subjectColumns() {
        return batch.kind().isOfPairs()
                ? List.of("first", "second")
                : batch.kind() == LabelKind.HUMAN_EVALUATION ? List.of("subject", "method") : List.of("subject");
    }

    private List<String> required() {
        List<String> required = new ArrayList<>(subjectColumns());
        required.add(ANNOTATOR);
        required.addAll(batch.kind().axisNames());
        return required;
    }

    /** Reads a file; every fault is told. */
    Content read(Path file) {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setTrim(true)
                .setIgnoreEmptyLines(true)
                .get();
        try (Reader reader = Files.newBufferedReader(file);
                CSVParser parser = CSVParser.parse(reader, format)) {
            List<Fault> faults = header(parser.getHeaderNames());
            List<Row> rows = new ArrayList<>();
            if (faults.isEmpty()) {
                Map<String, LabelItem> known =
                        items.stream().collect(Collectors.toMap(item -> key(item.subjects(), item), item -> item));
                for (CSVRecord record : parser) {
                    row(record, parser.getCurrentLineNumber(), known, faults).ifPresent(rows::add);
                }
            }
            return new Content(rows, faults);
        } catch (MalformedInputException e) {
            throw unreadable(file, "expected text in UTF-8, found other bytes");
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            // What is no CSV at all: an open quote, a column that stands twice.
            throw unreadable(file, e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }

    private static WorkFailure unreadable(Path file, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot import labels '%s': %s. Nothing was imported; mend the file.".formatted(file, fact));
    }

    private List<Fault> header(List<String> found) {
        List<Fault> faults = new ArrayList<>();
        for (String column : required()) {
            if (!found.contains(column)) {
                faults.add(new Fault(
                        1,
                        column,
                        "expected this column for labels of kind %s, found %s"
                                .formatted(batch.kind().label(), found)));
            }
        }
        for (String column : found) {
            if (!required().contains(column) && !OPTIONAL.contains(column)) {
                faults.add(new Fault(
                        1,
                        column,
                        "expected only columns of %s and, where wanted, %s".formatted(required(), OPTIONAL)));
            }
        }
        return faults;
    }

    private Optional<Row> row(CSVRecord record, long line, Map<String, LabelItem> known, List<Fault> faults) {
        int before = faults.size();
        if (!record.isConsistent()) {
            faults.add(new Fault(
                    line,
                    "",
                    "expected %d cells, found %d"
                            .formatted(record.getParser().getHeaderNames().size(), record.size())));
            return Optional.empty();
        }
        String key = subjectColumns().stream().map(record::get).collect(Collectors.joining("\n"));
        Optional<LabelItem> item = Optional.ofNullable(known.get(key));
        boolean mirrored = false;
        if (item.isEmpty() && batch.kind().isOfPairs()) {
            item = Optional.ofNullable(known.get(record.get("second") + "\n" + record.get("first")));
            mirrored = item.isPresent();
        }
        if (item.isEmpty()) {
            faults.add(new Fault(
                    line,
                    subjectColumns().get(0),
                    "labels '%s' have no '%s': it is unknown in run '%s'"
                            .formatted(batch.name(), key.replace("\n", "' with '"), batch.run())));
        }
        optional(record, "batch")
                .filter(name -> !name.equals(batch.name()))
                .ifPresent(name -> faults.add(
                        new Fault(line, "batch", "expected '%s', found '%s'".formatted(batch.name(), name))));
        Optional<String> itemId = optional(record, "item");
        if (item.isPresent() && itemId.isPresent() && !item.get().itemId().equals(itemId.get())) {
            faults.add(new Fault(
                    line,
                    "item",
                    "expected %s, which shows this, found %s"
                            .formatted(item.get().itemId(), itemId.get())));
        }
        SortedMap<String, String> answers = answers(record, mirrored);
        batch.kind().faults(answers).forEach((axis, fact) -> faults.add(new Fault(line, axis, fact)));
        Optional<Instant> givenAt = givenAt(record, line, faults);
        boolean sound = faults.size() == before;
        return item.filter(found -> sound).map(found -> new Row(line, found, record.get(ANNOTATOR), answers, givenAt));
    }

    private static Optional<String> optional(CSVRecord record, String column) {
        return record.isMapped(column)
                ? Optional.of(record.get(column)).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    private static Optional<Instant> givenAt(CSVRecord record, long line, List<Fault> faults) {
        try {
            return optional(record, GIVEN_AT).map(Instant::parse);
        } catch (DateTimeException e) {
            faults.add(new Fault(
                    line,
                    GIVEN_AT,
                    "expected a time such as 2026-11-30T17:05:00Z, found '%s'".formatted(record.get(GIVEN_AT))));
            return Optional.empty();
        }
    }

    private SortedMap<String, String> answers(CSVRecord record, boolean mirrored) {
        Map<String, String> otherSide = Map.of(LabelKind.FIRST, LabelKind.SECOND, LabelKind.SECOND, LabelKind.FIRST);
        SortedMap<String, String> answers = new TreeMap<>();
        for (String axis : batch.kind().axisNames()) {
            String answer = record.get(axis);
            if (!answer.isEmpty()) {
                answers.put(axis, mirrored ? otherSide.getOrDefault(answer, answer) : answer);
            }
        }
        return answers;
    }

    private String key(List<LabelSubject> subjects, LabelItem item) {
        String ids = subjects.stream().map(LabelSubject::subjectId).collect(Collectors.joining("\n"));
        return batch.kind() == LabelKind.HUMAN_EVALUATION
                ? ids + "\n" + item.subjects().get(0).method()
                : ids;
    }

    /** The file of these labels. */
    String text(List<GivenLabel> labels) {
        Map<String, LabelItem> byId = new HashMap<>();
        items.forEach(item -> byId.put(item.itemId(), item));
        List<String> header = new ArrayList<>(List.of("batch", "item"));
        header.addAll(required());
        header.add(GIVEN_AT);
        StringBuilder text = new StringBuilder();
        CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();
        try (CSVPrinter printer = new CSVPrinter(text, format)) {
            printer.printRecord(header);
            for (GivenLabel label : labels) {
                LabelItem item = Objects.requireNonNull(byId.get(label.itemId()));
                List<String> cells = new ArrayList<>(List.of(batch.name(), label.itemId()));
                item.subjects().forEach(subject -> cells.add(subject.subjectId()));
                if (batch.kind() == LabelKind.HUMAN_EVALUATION) {
                    cells.add(item.subjects().get(0).method());
                }
                cells.add(label.annotator());
                batch.kind()
                        .axisNames()
                        .forEach(axis -> cells.add(label.answers().getOrDefault(axis, "")));
                cells.add(label.givenAt().toString());
                printer.printRecord(cells);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
