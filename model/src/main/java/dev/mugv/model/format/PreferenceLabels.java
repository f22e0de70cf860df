package dev.mugv.model.format;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Preference labels as people and rules give them, and the CSV that carries them. The header names the columns
 * {@code label-id,kind,winner,loser,sample,pass,given-by}; a row of kind {@code pair} fills winner and loser, one of kind {@code
 * absolute} fills sample and pass ({@code pass} or {@code fail}). Columns that no row needs may be left out. Ids and names hold no
 * commas, quotes or line breaks.
 *
 * @param pairs pairwise labels, in the file's order
 * @param absolutes labels of single samples, in the file's order
 * @param givenBy who said what, by label id, for example {@code ann:winner bob:winner cyd:tie}; nothing of labels that are not a
 *     majority's
 */
public record PreferenceLabels(List<Pair> pairs, List<Absolute> absolutes, SortedMap<String, String> givenBy) {
    private static final List<String> COLUMNS = List.of("label-id", "kind", "winner", "loser", "sample", "pass");
    private static final String GIVEN_BY = "given-by";

    public PreferenceLabels {
        pairs = List.copyOf(pairs);
        absolutes = List.copyOf(absolutes);
        givenBy = Collections.unmodifiableSortedMap(new TreeMap<>(givenBy));
    }

    /** Labels of which nobody is told who gave them. */
    public PreferenceLabels(List<Pair> pairs, List<Absolute> absolutes) {
        this(pairs, absolutes, new TreeMap<>());
    }

    /** The winner was preferred to the loser. */
    public record Pair(String labelId, String winner, String loser) {}

    /** One sample passed or failed. */
    public record Absolute(String labelId, String sample, Verdict verdict) {}

    /** Outcome of an absolute label. */
    public enum Verdict {
        PASS,
        FAIL
    }

    /**
     * Reads the CSV.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} naming the line that is wrong
     */
    public static PreferenceLabels parse(String csv) {
        List<String> lines = csv.lines().toList();
        List<String> header =
                lines.isEmpty() ? List.of() : List.of(lines.get(0).strip().split(",", -1));
        if (!header.containsAll(List.of("label-id", "kind")) || !known(header)) {
            throw invalid(1, "expected columns of " + COLUMNS + " and " + GIVEN_BY + ", found " + header);
        }
        List<Pair> pairs = new ArrayList<>();
        List<Absolute> absolutes = new ArrayList<>();
        SortedMap<String, String> givenBy = new TreeMap<>();
        Set<String> ids = new HashSet<>();
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            Row row = Row.of(header, lines.get(i), i + 1);
            if (!ids.add(row.cell("label-id"))) {
                throw invalid(i + 1, "label id '" + row.cell("label-id") + "' stands twice");
            }
            if (!row.cells().getOrDefault(GIVEN_BY, "").isEmpty()) {
                givenBy.put(row.cell("label-id"), row.cell(GIVEN_BY));
            }
            switch (row.cell("kind")) {
                case "pair" -> pairs.add(row.pair());
                case "absolute" -> absolutes.add(row.absolute());
                default -> throw invalid(i + 1, "expected kind 'pair' or 'absolute', found '" + row.cell("kind") + "'");
            }
        }
        return new PreferenceLabels(pairs, absolutes, givenBy);
    }

    private static boolean known(List<String> header) {
        return header.stream().allMatch(column -> COLUMNS.contains(column) || column.equals(GIVEN_BY));
    }

    /** The CSV of these labels, with all columns; who gave them only where somebody is named. */
    public String csv() {
        StringBuilder csv = new StringBuilder(String.join(",", COLUMNS))
                .append(givenBy.isEmpty() ? "" : "," + GIVEN_BY)
                .append('\n');
        for (Pair pair : pairs) {
            csv.append("%s,pair,%s,%s,,%s\n"
                    .formatted(pair.labelId(), pair.winner(), pair.loser(), giver(pair.labelId())));
        }
        for (Absolute absolute : absolutes) {
            csv.append("%s,absolute,,,%s,%s%s\n"
                    .formatted(
                            absolute.labelId(),
                            absolute.sample(),
                            absolute.verdict() == Verdict.PASS ? "pass" : "fail",
                            giver(absolute.labelId())));
        }
        return csv.toString();
    }

    private String giver(String labelId) {
        return givenBy.isEmpty() ? "" : "," + givenBy.getOrDefault(labelId, "");
    }

    private static WorkFailure invalid(int line, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot read preference labels: line %d: %s. Correct the line and import the file again."
                        .formatted(line, fact));
    }

    private record Row(Map<String, String> cells, int line) {
        static Row of(List<String> header, String text, int line) {
            String[] values = text.split(",", -1);
            if (values.length != header.size()) {
                throw invalid(line, "expected %d cells, found %d".formatted(header.size(), values.length));
            }
            Map<String, String> cells = new LinkedHashMap<>();
            for (int i = 0; i < values.length; i++) {
                cells.put(header.get(i), values[i].strip());
            }
            return new Row(cells, line);
        }

        String cell(String column) {
            String value = cells.getOrDefault(column, "");
            if (value.isEmpty()) {
                throw invalid(line, "column '" + column + "' is empty");
            }
            return value;
        }

        Pair pair() {
            if (cell("winner").equals(cell("loser"))) {
                throw invalid(line, "winner and loser are the same sample '" + cell("winner") + "'");
            }
            return new Pair(cell("label-id"), cell("winner"), cell("loser"));
        }

        Absolute absolute() {
            Verdict verdict = switch (cell("pass")) {
                case "pass" -> Verdict.PASS;
                case "fail" -> Verdict.FAIL;
                default -> throw invalid(line, "expected pass or fail, found '" + cell("pass") + "'");
            };
            return new Absolute(cell("label-id"), cell("sample"), verdict);
        }
    }
}
