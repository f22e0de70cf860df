package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.LocalCommandRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv submit}. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Has a run advanced at certain times by cron or scrontab, so that no process stays on a login node.",
            "",
            "Shows the entry; --install puts it into the table in place of the run's earlier one, --remove takes it out. Each call is a"
                    + " 'mugv advance', which does nothing when the job is completed."
        },
        footer = {
            "",
            "Examples:",
            "  mugv submit --config my.yaml --every 10m",
            "  mugv submit --config my.yaml --at \"2026-12-01 22:00\" --every 30m --install",
            "  mugv submit --config my.yaml --every 1h --scrontab --install",
            "  mugv submit --config my.yaml --remove"
        })
final class SubmitCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");
    private static final Pattern INTERVAL = Pattern.compile("(\\d{1,4})([mhd])");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            defaultValue = RunCommand.PIPELINE,
            description = "Job, as of 'mugv run'. Default: ${DEFAULT-VALUE}.")
    private String job = RunCommand.PIPELINE;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "First time, \"2026-12-01 22:00\" of this machine's clock.")
    private Optional<String> at = Optional.empty();

    @Option(names = "--every", paramLabel = "INTERVAL", description = "How often: 1m, 5m, 10m, 30m, 1h, 6h, 1d ...")
    private Optional<String> every = Optional.empty();

    @Option(
            names = "--scrontab",
            description = "Slurm's own table instead of cron's; needs a database that nodes reach.")
    private boolean scrontab;

    @Option(names = "--install", description = "Put the entry into the table.")
    private boolean install;

    @Option(names = "--remove", description = "Take the run's entry out of the table.")
    private boolean remove;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(remove ? PathCheck.SKIPPED : PathCheck.REQUIRED);
        PrintWriter out = spec.commandLine().getOut();
        CrontabEntry.Kind kind = scrontab ? CrontabEntry.Kind.SCRONTAB : CrontabEntry.Kind.CRONTAB;
        CrontabEntry entry = entry(run);
        if (remove) {
            write(entry.without(table()));
            out.println("The entry of run '%s' is out of the %s."
                    .formatted(run.identity().name(), program()));
            return ExitCode.COMPLETED.code();
        }
        requireTimes(entry);
        if (scrontab) {
            FollowUp.requireReach(run);
        }
        if (install) {
            logFolder(run);
            write(entry.into(table(), ZoneId.systemDefault(), kind));
            out.println("Installed in the %s; 'mugv submit --remove' takes it out again:".formatted(program()));
        }
        entry.lines(ZoneId.systemDefault(), kind).forEach(out::println);
        out.flush();
        return ExitCode.COMPLETED.code();
    }

    private CrontabEntry entry(SelectedRun run) {
        String identity = Sha256.of(run.identity().toString().getBytes(StandardCharsets.UTF_8))
                .substring(0, 12);
        return new CrontabEntry(
                "mugv advance " + run.identity().name() + " " + identity,
                AdvanceCall.command(run, job, List.of()),
                run.identity()
                        .workspace()
                        .resolve("logs")
                        .resolve("advance.log")
                        .toString(),
                at.map(this::time),
                every.map(this::interval));
    }

    private void requireTimes(CrontabEntry entry) {
        if (entry.at().isEmpty() && entry.every().isEmpty()) {
            throw refusal("expected --at, --every or both, found none", "Say when");
        }
        boolean broken = entry.command().stream().anyMatch(word -> word.contains("\n"));
        if (broken || entry.log().contains("\n")) {
            throw refusal("a path has a line break in it, which no crontab can hold", "Give the folder another name");
        }
    }

    private LocalDateTime time(String text) {
        try {
            LocalDateTime time = LocalDateTime.parse(text, TIME);
            if (time.isBefore(LocalDateTime.now())) {
                throw refusal("expected a time to come, found '%s'".formatted(text), "Correct --at");
            }
            return time;
        } catch (DateTimeParseException e) {
            throw refusal("expected a time such as 2026-12-01 22:00, found '%s'".formatted(text), "Correct --at");
        }
    }

    private Duration interval(String text) {
        Matcher matcher = INTERVAL.matcher(text);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            Duration found = switch (matcher.group(2)) {
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
            if (CrontabEntry.isSayable(found)) {
                return found;
            }
        }
        throw refusal(
                "expected a part of an hour or of a day, such as 10m, 1h or 1d, found '%s'".formatted(text),
                "Correct --every");
    }

    private static WorkFailure refusal(String fact, String next) {
        return new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot write the entry: %s. %s.".formatted(fact, next));
    }

    private String program() {
        return scrontab ? "scrontab" : "crontab";
    }

    /** An empty table is told by an exit code and words that differ from system to system. */
    private String table() {
        CommandResult result = new LocalCommandRunner().run(List.of(program(), "-l"), LIMIT);
        if (result instanceof CommandResult.Finished finished) {
            if (finished.exitCode() == 0) {
                return finished.out();
            }
            if (finished.err().toLowerCase(java.util.Locale.ROOT).contains("no crontab")) {
                return "";
            }
        }
        throw unusable(result);
    }

    private void write(String table) {
        Path file;
        try {
            file = Files.createTempFile(
                    "mugv",
                    ".crontab",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, table);
            CommandResult result = new LocalCommandRunner().run(List.of(program(), file.toString()), LIMIT);
            Files.delete(file);
            if (!(result instanceof CommandResult.Finished finished) || finished.exitCode() != 0) {
                throw unusable(result);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private WorkFailure unusable(CommandResult result) {
        String fact = result instanceof CommandResult.Finished finished
                ? finished.err().strip() + " (exit code " + finished.exitCode() + ")"
                : ((CommandResult.NoAnswer) result).reason();
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot use the %s: %s. Install or allow it, or put the entry that is shown without --install where it belongs."
                        .formatted(program(), fact));
    }

    private static void logFolder(SelectedRun run) {
        try {
            Files.createDirectories(run.identity().workspace().resolve("logs"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
