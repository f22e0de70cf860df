/**
 * {@code mugv doctor}: what the product takes for granted of a machine and a cluster, looked at one by one.
 *
 * <p>Must not know the command line. Start at {@link dev.mugv.jobs.doctor.Examination}.
 */
@NullMarked
package dev.mugv.jobs.doctor;

import org.jspecify.annotations.NullMarked;
