package dev.mugv.slurm.command;

/** What came of running a program. */
public sealed interface CommandResult {
    /** It ran to its end, and everything that it said was read. */
    record Finished(int exitCode, String out, String err) implements CommandResult {}

    /** It could not be started, did not end in time, or its answer was lost; it may have had its effect or not. */
    record NoAnswer(String reason) implements CommandResult {}
}
