/**
 * Work that tries the cluster itself instead of making anything: ranks of an allocation that find each other.
 *
 * <p>Must not know executors. Start at {@link dev.mugv.steps.check.RankCheckPlanner}.
 */
@NullMarked
package dev.mugv.steps.check;

import org.jspecify.annotations.NullMarked;
