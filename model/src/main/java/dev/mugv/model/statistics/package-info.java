/**
 * What may be said of measures: means with intervals, and whether two sets of paired ones differ. Workers judge by it what they choose,
 * and the controller what it reports.
 *
 * <p>Knows numbers alone. Start at {@link dev.mugv.model.statistics.PairedDifference}.
 */
@NullMarked
package dev.mugv.model.statistics;

import org.jspecify.annotations.NullMarked;
