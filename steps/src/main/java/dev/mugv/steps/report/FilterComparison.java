package dev.mugv.steps.report;

import dev.mugv.model.config.Range;
import dev.mugv.steps.curation.FilterForecast;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;

/**
 * What other filters would decide, with pictures.
 *
 * @param run name of the run
 * @param present filters that the run has, by score
 * @param other filters that are tried, by score
 * @param forecast what would be decided
 * @param thumbnails picture by clip; a clip without one is shown by its id
 */
public record FilterComparison(
        String run,
        SortedMap<String, Range> present,
        SortedMap<String, Range> other,
        FilterForecast forecast,
        Map<String, Path> thumbnails) {
    public FilterComparison {
        thumbnails = Map.copyOf(thumbnails);
    }

    /** A range as people write it: {@code 4.8}, {@code ..20}, {@code 1.5..20}. */
    public static String text(Range range) {
        boolean hasLowest = Double.isFinite(range.min());
        boolean hasHighest = Double.isFinite(range.max());
        if (!hasHighest) {
            return hasLowest ? "at least " + Numbers.significant(range.min()) : "any";
        }
        return hasLowest
                ? Numbers.significant(range.min()) + " to " + Numbers.significant(range.max())
                : "at most " + Numbers.significant(range.max());
    }
}
