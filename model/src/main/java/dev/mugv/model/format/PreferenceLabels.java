package dev.mugv.model.format;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Preference labels as people and rules give them, and the CSV that carries them. The header names the columns
 * {@code label-id,kind,winner,loser,sample,pass}; a row of kind {@code pair} fills winner and loser, one of kind {@code
 * absolute} fills sample and pass ({@code pass} or {@code fail}). Columns that no row needs may be left out. Ids hold no
 * commas, quotes or line breaks.
 *
 * @param pairs pairwise labels, in the file's order
 * @param absolutes labels of single samples, in the file's order
 */
public record PreferenceLabels(List<Pair> pairs, List<Absolute> absolutes) {
    private static final List<String> COLUMNS = List.of("label-id", "kind", "winner", "loser", "sample", "pass");

    public PreferenceLabels {
        pairs = List.copyOf(pairs);
        absolutes = List.copyOf(absolutes);
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
        if (!header.containsAll(List.of("label-id", "kind")) || !COLUMNS.containsAll(header)) {
            throw invalid(1, "expected columns of " + COLUMNS + ", found " + header);
        }
        List<Pair> pairs = new ArrayList<>();
        List<Absolute> absolutes = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            Row row = Row.of(header, lines.get(i), i + 1);
            if (!ids.add(row.cell("label-id"))) {
                throw invalid(i + 1, "label id '" + row.cell("label-id") + "' stands twice");
            }
            switch (row.cell("kind")) {
                case "pair" -> pairs.add(row.pair());
                case "absolute" -> absolutes.add(row.absolute());
                default -> throw invalid(i + 1, "expected kind 'pair' or 'absolute', found '" + row.cell("kind") + "'");
            }
        }
        return new PreferenceLabels(pairs, absolutes);
    }

    /** The CSV of these labels, with all columns. */
    public String csv() {
        StringBuilder csv = new StringBuilder(String.join(",", COLUMNS)).append('\n');
        for (Pair pair : pairs) {
            csv.append("%s,pair,%s,%s,,\n".formatted(pair.labelId(), pair.winner(), pair.loser()));
        }
        for (Absolute absolute : absolutes) {
            csv.append("%s,absolute,,,%s,%s\n"
                    .formatted(
                            absolute.labelId(),
                            absolute.sample(),
                            absolute.verdict() == Verdict.PASS ? "pass" : "fail"));
        }
        return csv.toString();
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
