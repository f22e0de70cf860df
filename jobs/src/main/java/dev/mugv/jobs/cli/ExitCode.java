package dev.mugv.jobs.cli;

import dev.mugv.model.run.FailureKind;
import java.util.ArrayList;
import java.util.List;

/** How a command says to a script what became of it. Failures have the code of their {@link FailureKind}. */
public enum ExitCode {
    COMPLETED(0, "completed"),
    USAGE(2, "the command line is wrong"),
    STOPPED(3, "stopped on request; the same command goes on"),
    ALREADY_RUNNING(4, "another process is at work on this run"),
    NOT_FOUND(5, "there is no such clip, run or checkpoint"),
    WAITING(6, "waits for people who label or review; when they have, 'mugv resume' goes on"),
    INVALID_REQUEST(FailureKind.INVALID_REQUEST.exitCode(), "input or configuration is wrong: correct it"),
    TRANSIENT(FailureKind.TRANSIENT.exitCode(), "a service or file was out of reach: try again"),
    RESOURCE_EXHAUSTED(FailureKind.RESOURCE_EXHAUSTED.exitCode(), "memory ran out, or the disk outside of workers"),
    CORRUPT(FailureKind.CORRUPT.exitCode(), "a file is not what its manifest says"),
    DIVERGED(FailureKind.DIVERGED.exitCode(), "numbers are no longer finite"),
    OUTCOME_UNKNOWN(FailureKind.OUTCOME_UNKNOWN.exitCode(), "whether something happened cannot be known"),
    DEFECT(FailureKind.DEFECT.exitCode(), "a defect of mugv"),
    RANK_LOST(FailureKind.RANK_LOST.exitCode(), "a rank that others waited for was lost"),
    DISK_FULL(FailureKind.DISK_FULL.exitCode(), "a file system has no room left"),
    INTERRUPTED(130, "left at once, at the second Ctrl-C; the same command goes on");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    static ExitCode of(FailureKind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> INVALID_REQUEST;
            case TRANSIENT -> TRANSIENT;
            case RESOURCE_EXHAUSTED -> RESOURCE_EXHAUSTED;
            case CORRUPT -> CORRUPT;
            case DIVERGED -> DIVERGED;
            case OUTCOME_UNKNOWN -> OUTCOME_UNKNOWN;
            case DEFECT -> DEFECT;
            case RANK_LOST -> RANK_LOST;
            case DISK_FULL -> DISK_FULL;
        };
    }

    /** Lines for the help text. */
    static String[] table() {
        List<String> lines = new ArrayList<>(List.of("", "Exit codes:"));
        for (ExitCode code : values()) {
            lines.add("  %3d  %s".formatted(code.code, code.meaning));
        }
        return lines.toArray(String[]::new);
    }
}
