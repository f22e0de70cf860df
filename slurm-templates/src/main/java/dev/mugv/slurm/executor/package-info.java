/**
 * The port between the engine and whatever runs scripts.
 *
 * <p>Above it nothing knows Slurm or local processes; below it nothing knows databases, retries or verdicts. Start at
 * {@link dev.mugv.slurm.executor.Executor}.
 */
@NullMarked
package dev.mugv.slurm.executor;

import org.jspecify.annotations.NullMarked;
