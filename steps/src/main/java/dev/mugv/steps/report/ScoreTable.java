package dev.mugv.steps.report;

import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Measures over checkpoints.
 *
 * @param checkpoints columns, in the order of training
 * @param rows one a measure, each with as many values as there are columns
 * @param alarms what a reader must not miss, each a sentence
 */
public record ScoreTable(List<String> checkpoints, List<Row> rows, List<String> alarms) {
    public ScoreTable {
        checkpoints = List.copyOf(checkpoints);
        rows = List.copyOf(rows);
        alarms = List.copyOf(alarms);
        for (Row row : rows) {
            if (row.values().size() != checkpoints.size()) {
                throw new IllegalArgumentException("measure '%s' has %d values for %d checkpoints"
                        .formatted(row.measure(), row.values().size(), checkpoints.size()));
            }
        }
    }

    /** One without alarms. */
    public ScoreTable(List<String> checkpoints, List<Row> rows) {
        this(checkpoints, rows, List.of());
    }

    public static ScoreTable empty() {
        return new ScoreTable(List.of(), List.of());
    }

    /**
     * @param measure name
     * @param definition one sentence
     * @param better which way is better
     * @param values one a checkpoint, empty where it was not measured
     * @param differences one a checkpoint, against the nearest measured one to the left over the items of both; empty where there is
     *     none or the measure has no items
     */
    public record Row(
            String measure,
            String definition,
            Better better,
            List<Optional<MeanScore>> values,
            List<Optional<PairedDifference>> differences) {
        public Row {
            values = List.copyOf(values);
            differences = List.copyOf(differences);
            if (differences.size() != values.size()) {
                throw new IllegalArgumentException("measure '%s' has %d differences for %d values"
                        .formatted(measure, differences.size(), values.size()));
            }
        }

        /** Of a measure that has no items: one number a checkpoint. */
        public Row(String measure, String definition, Better better, List<Optional<MeanScore>> values) {
            this(measure, definition, better, values, Collections.nCopies(values.size(), Optional.empty()));
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
