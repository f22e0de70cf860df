/**
 * The port through which programs are run where Slurm is: on this machine, or at the other end of a link.
 *
 * <p>Must not know what the programs are or mean. Start at {@link dev.mugv.slurm.command.CommandRunner}.
 */
@NullMarked
package dev.mugv.slurm.command;

import org.jspecify.annotations.NullMarked;
