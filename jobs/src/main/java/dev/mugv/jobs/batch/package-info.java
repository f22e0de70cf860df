/**
 * The Spring application: Spring Batch on PostgreSQL, one controller at a time for each run, start, restart and stop of jobs,
 * and one configuration class for each job.
 *
 * <p>Knows nothing of the command line. Start at {@link dev.mugv.jobs.batch.RunLauncher}.
 */
@NullMarked
package dev.mugv.jobs.batch;

import org.jspecify.annotations.NullMarked;
