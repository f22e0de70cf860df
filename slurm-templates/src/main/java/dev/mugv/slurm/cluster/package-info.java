/**
 * The executor of a Slurm cluster: submissions found by their token, ends held until Slurm will not revise them.
 *
 * <p>Must not know how Slurm is asked, nor databases or verdicts. Start at {@link dev.mugv.slurm.cluster.SlurmExecutor}, then
 * {@link dev.mugv.slurm.cluster.Witness}.
 */
@NullMarked
package dev.mugv.slurm.cluster;

import org.jspecify.annotations.NullMarked;
