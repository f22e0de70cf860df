/**
 * Programs and files at the other end of an SSH link, for a controller that is on another machine than Slurm's commands.
 *
 * <p>One session for everything, strict host keys, and no command sent twice. Must not know what the programs are or mean. Start
 * at {@link dev.mugv.slurm.ssh.SshCommandRunner}.
 */
@NullMarked
package dev.mugv.slurm.ssh;

import org.jspecify.annotations.NullMarked;
