/**
 * One polite poller for all controllers of a database: rounds of questions to Slurm shared through it, and a ledger of every
 * command that was run where Slurm is.
 *
 * <p>Must not know attempts, verdicts or Spring Batch. Start at {@link dev.mugv.steps.poll.SharedRounds}.
 */
@NullMarked
package dev.mugv.steps.poll;

import org.jspecify.annotations.NullMarked;
