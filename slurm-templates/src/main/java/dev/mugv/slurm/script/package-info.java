/**
 * Batch scripts as text: a pure function of a typed record, everything quoted.
 *
 * <p>Must not know who runs a script, nor touch a file. Start at {@link dev.mugv.slurm.script.WorkerArrayScript} and
 * {@code templates/worker-array.sbatch}.
 */
@NullMarked
package dev.mugv.slurm.script;

import org.jspecify.annotations.NullMarked;
