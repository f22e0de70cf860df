package dev.mugv.jobs.certify;

import dev.mugv.jobs.certify.FaultFolder.Fault;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Slurm's commands as a bad day leaves them. What it changes is what the controller hears, never what Slurm does. */
final class FaultyCommandRunner implements CommandRunner {
    /** How long accounting keeps an end to itself; less than an element without a trace is waited for. */
    static final Duration LATE = Duration.ofSeconds(15);

    private static final Set<String> PROGRAMS = Set.of("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo");
    private static final Set<String> OVER = Set.of(
            "COMPLETED", "FAILED", "CANCELLED", "OUT_OF_MEMORY", "NODE_FAIL", "TIMEOUT", "PREEMPTED", "BOOT_FAIL");
    private static final CommandResult TIMED_OUT = new CommandResult.Finished(
            1, "", "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n");
    private static final CommandResult NO_ACCOUNTING = new CommandResult.Finished(
            1, "", "sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection\n");

    private final CommandRunner real;
    private final FaultFolder faults;
    private final InstantSource clock;

    FaultyCommandRunner(CommandRunner real, FaultFolder faults, InstantSource clock) {
        this.real = real;
        this.faults = faults;
        this.clock = clock;
    }

    @Override
    public CommandResult run(List<String> command, Duration limit) {
        if (faults.isPresent(Fault.SILENCE)) {
            return new CommandResult.NoAnswer("the link was lost (a fault of mugv certify)");
        }
        Optional<String> program = command.stream().filter(PROGRAMS::contains).findFirst();
        return switch (program.orElse("")) {
            case "sbatch" -> submit(command, limit);
            case "squeue" -> queue(command, limit);
            case "sacct" -> accounting(command, limit);
            default -> real.run(command, limit);
        };
    }

    private CommandResult submit(List<String> command, Duration limit) {
        if (faults.take(Fault.SBATCH_LOST)) {
            return TIMED_OUT;
        }
        if (faults.take(Fault.SBATCH_HELD)) {
            faults.awaitRelease(Fault.SBATCH_HELD);
        }
        CommandResult result = real.run(command, limit);
        faults.dieAt(KillPoint.ANSWERED);
        return faults.take(Fault.SBATCH_TAKEN) ? TIMED_OUT : result;
    }

    private CommandResult queue(List<String> command, Duration limit) {
        CommandResult result = real.run(command, limit);
        faults.dieAt(KillPoint.ASKED);
        return faults.isPresent(Fault.FORGETFUL_QUEUE) ? without(result, FaultyCommandRunner::isOver) : result;
    }

    private CommandResult accounting(List<String> command, Duration limit) {
        if (faults.isPresent(Fault.ACCOUNTING_SILENT)) {
            return NO_ACCOUNTING;
        }
        CommandResult result = real.run(command, limit);
        if (!faults.isPresent(Fault.ACCOUNTING_LATE)) {
            return result;
        }
        long recent = clock.instant().minus(LATE).getEpochSecond();
        return without(result, line -> isOver(line) && lastTime(line) > recent);
    }

    private static CommandResult without(CommandResult result, Predicate<String> dropped) {
        return result instanceof CommandResult.Finished finished
                ? new CommandResult.Finished(
                        finished.exitCode(),
                        finished.out()
                                .lines()
                                .filter(line -> !dropped.test(line))
                                .map(line -> line + "\n")
                                .collect(Collectors.joining()),
                        finished.err())
                : result;
    }

    /** Whether a field is the word for an end; accounting adds who cancelled. */
    private static boolean isOver(String line) {
        return fields(line).anyMatch(field -> OVER.contains(field.replaceFirst(" .*", "")));
    }

    /** Times are the only numbers of ten digits: seconds since the epoch. */
    private static long lastTime(String line) {
        return fields(line)
                .filter(field -> field.matches("\\d{10}"))
                .mapToLong(Long::parseLong)
                .max()
                .orElse(0);
    }

    private static java.util.stream.Stream<String> fields(String line) {
        return Arrays.stream(line.split("\\|", -1)).map(String::strip);
    }
}
