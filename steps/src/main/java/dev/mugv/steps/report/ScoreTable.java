package dev.mugv.steps.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Measures over checkpoints.
 *
 * @param checkpoints columns, in the order of training
 * @param rows one a measure, each with as many values as there are columns
 */
public record ScoreTable(List<String> checkpoints, List<Row> rows) {
    public ScoreTable {
        checkpoints = List.copyOf(checkpoints);
        rows = List.copyOf(rows);
        for (Row row : rows) {
            if (row.values().size() != checkpoints.size()) {
                throw new IllegalArgumentException("measure '%s' has %d values for %d checkpoints"
                        .formatted(row.measure(), row.values().size(), checkpoints.size()));
            }
        }
    }

    public static ScoreTable empty() {
        return new ScoreTable(List.of(), List.of());
    }

    /**
     * @param measure name
     * @param definition one sentence
     * @param better which way is better
     * @param values one a checkpoint, empty where it was not measured
     */
    public record Row(String measure, String definition, Better better, List<Optional<MeanScore>> values) {
        public Row {
            values = List.copyOf(values);
        }

        /** Change of the mean against the nearest measured checkpoint to the left. */
        public OptionalDouble change(int column) {
            if (values.get(column).isPresent()) {
                for (int before = column - 1; before >= 0; before--) {
                    if (values.get(before).isPresent()) {
                        return OptionalDouble.of(
                                values.get(column).orElseThrow().mean()
                                        - values.get(before).orElseThrow().mean());
                    }
                }
            }
            return OptionalDouble.empty();
        }
    }

    /** Which way a measure should go. */
    public enum Better {
        HIGHER,
        LOWER,
        /** It describes and does not judge. */
        NEITHER
    }
}
