/**
 * Slurm 21.08 and later, spoken through its command line: fixed fields, times as seconds, three kinds of answer.
 *
 * <p>Must not know submissions, attempts or verdicts. Start at {@link dev.mugv.slurm.client.SlurmClient}.
 */
@NullMarked
package dev.mugv.slurm.client;

import org.jspecify.annotations.NullMarked;
