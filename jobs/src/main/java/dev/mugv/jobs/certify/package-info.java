/**
 * {@code mugv certify}: small jobs with injected faults through the real engine on a real cluster, and a count, from outside of
 * the engine, of what was done twice, lost, or judged wrongly.
 *
 * <p>Must not know the command line. Start at {@link dev.mugv.jobs.certify.Certification}, then
 * {@link dev.mugv.jobs.certify.Scenarios} for the faults and {@link dev.mugv.jobs.certify.Truth} for the count.
 */
@NullMarked
package dev.mugv.jobs.certify;

import org.jspecify.annotations.NullMarked;
