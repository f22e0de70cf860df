/**
 * The executor of a single machine: real processes of the same scripts, states on disk, no service.
 *
 * <p>Must not know databases or verdicts. Start at {@link dev.mugv.slurm.local.LocalExecutor}, then
 * {@code templates/local-supervisor.sh}.
 */
@NullMarked
package dev.mugv.slurm.local;

import org.jspecify.annotations.NullMarked;
