package dev.mugv.steps.report;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one stage of the pipeline did; the same facts for the terminal and for the report.
 *
 * @param name the stage's name, such as {@code curate-videos}
 * @param elapsed wall-clock time that its finished work took
 * @param counts items it took and kept, absent for a stage that selects nothing
 * @param trainingLoss first and last training loss, absent for a stage that trains nothing
 * @param validationLoss the same on the stage's fixed validation grid
 * @param scores further results by name
 * @param checkpoint short key of what it published, empty for none
 */
public record StageResult(
        String name,
        Duration elapsed,
        Optional<Counts> counts,
        Optional<FirstAndLast> trainingLoss,
        Optional<FirstAndLast> validationLoss,
        SortedMap<String, Double> scores,
        String checkpoint) {
    public StageResult {
        scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
    }

    /**
     * @param unit plural noun of what is counted
     * @param in items taken
     * @param kept items passed on
     * @param rejectedByReason the rest, by reason; an item with several reasons counts under each
     */
    public record Counts(String unit, long in, long kept, SortedMap<String, Long> rejectedByReason) {
        public Counts {
            rejectedByReason = Collections.unmodifiableSortedMap(new TreeMap<>(rejectedByReason));
            if (kept < 0 || kept > in) {
                throw new IllegalArgumentException("kept " + kept + " of " + in + " " + unit);
            }
        }

        public static Counts of(String unit, long in, long kept, Map<String, Long> rejectedByReason) {
            return new Counts(unit, in, kept, new TreeMap<>(rejectedByReason));
        }

        public long rejected() {
            return in - kept;
        }
    }

    /** The same quantity at a stage's first and last measurement. */
    public record FirstAndLast(double first, double last) {
        /** How many times smaller the last one is. */
        public double factor() {
            return first / last;
        }
    }
}
