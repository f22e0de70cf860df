package dev.mugv.steps.labels;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an annotator said about an item.
 *
 * @param answers answer by axis
 * @param origin page, or the file it was imported from
 * @param givenAt when, to the microsecond
 */
public record GivenLabel(
        String itemId, String annotator, SortedMap<String, String> answers, String origin, Instant givenAt) {
    public GivenLabel {
        answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
        givenAt = givenAt.truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    }
}
