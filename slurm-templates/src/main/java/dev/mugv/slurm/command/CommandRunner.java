package dev.mugv.slurm.command;

import java.time.Duration;
import java.util.List;

/** Runs programs where Slurm is. Safe for several threads. */
@FunctionalInterface
public interface CommandRunner {
    /**
     * Runs a program without input; no word of the command is read by a shell.
     *
     * @param command program and arguments
     * @param limit after which it is ended and its answer given up
     */
    CommandResult run(List<String> command, Duration limit);
}
