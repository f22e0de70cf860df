package dev.mugv.jobs.cli;

import dev.mugv.jobs.query.PastStatusQuery;
import dev.mugv.jobs.query.RunStatus;
import dev.mugv.jobs.query.StatusQuery;
import dev.mugv.model.run.Durations;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mugv status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Shows where a run stands: its jobs and steps, what runs now, alarms of the last evaluation, and the last failures.",
        footer = {
            "",
            "Examples:",
            "  mugv status",
            "  mugv status --workspace workspace/demo --json",
            "  mugv status --at 2026-11-30T10:15    where it stood then; also 10:15, or 2h (ago)"
        })
final class StatusCommand extends RunQuestion<RunStatus> {
    @Option(
            names = "--at",
            paramLabel = "TIME",
            converter = Moment.Converter.class,
            description = "Where the run stood at this time, as far as times in the database tell.")
    private Optional<Moment> at = Optional.empty();

    @Override
    RunStatus answer(SelectedRun run) {
        if (at.isPresent()) {
            return new RunView(run)
                    .ask(jdbc -> new PastStatusQuery(
                                    jdbc, run.identity(), at.get().instant(), ZoneId.systemDefault())
                            .status());
        }
        return new RunView(run).ask(jdbc -> new StatusQuery(jdbc, run.identity(), LocalDateTime.now()).status());
    }

    @Override
    void print(RunStatus status, PrintWriter out) {
        out.println("run        " + status.run() + " in " + status.workspace());
        out.println("state      " + words(status.state()) + explain(status));
        StatusQuery.latest(status.jobs()).ifPresent(job -> {
            out.println("job        %s, round %d, since %s, %s"
                    .formatted(job.job(), job.round(), job.startedAt(), clock(job.seconds())));
            out.println();
            out.println("%-24s %-10s %9s  %s".formatted("step", "state", "time", "attempts"));
            job.steps().forEach(step -> print(step, out));
        });
        if (!status.waiting().isEmpty()) {
            out.println();
            out.println("waiting for people (they label at /annotate of 'mugv serve --annotate --workspace %s')"
                    .formatted(status.workspace()));
            status.waiting().forEach(awaited -> out.println("  " + awaited.words()));
        }
        if (!status.running().isEmpty()) {
            out.println();
            out.println("running now");
            status.running().forEach(work -> print(work, out));
        }
        if (!status.alarms().isEmpty()) {
            out.println();
            out.println("alarms of the last evaluation");
            status.alarms().forEach(alarm -> out.println("  " + alarm));
        }
        if (!status.failures().isEmpty()) {
            out.println();
            out.println("last failed attempts (what was tried again successfully stays listed)");
            status.failures()
                    .forEach(failure -> out.println("  %s, %s, attempt %d, %s%n    %s"
                            .formatted(
                                    failure.step(),
                                    failure.label(),
                                    failure.attempt(),
                                    words(failure.failureClass()),
                                    failure.message().replace("\n", "\n    "))));
        }
    }

    private static void print(RunStatus.RunningWork work, PrintWriter out) {
        String progress = work.total() == 0
                ? ""
                : "%d/%d %s".formatted(work.done(), work.total(), StepProgress.plural(work.unit()));
        out.println("  %-24s %-28s %s"
                .formatted(work.step(), work.label(), progress)
                .stripTrailing());
        work.training().ifPresent(training -> {
            out.println("    " + training.words());
            training.plateau().ifPresent(plateau -> out.println("    " + plateau.words()));
            training.events().forEach(event -> out.println("    " + event));
        });
    }

    private static void print(RunStatus.StepStatus step, PrintWriter out) {
        StringBuilder attempts = new StringBuilder();
        if (step.succeeded() + step.failed() + step.open() > 0) {
            attempts.append(step.succeeded()).append(" succeeded");
            attempts.append(step.failed() > 0 ? ", " + step.failed() + " failed" : "");
            attempts.append(step.open() > 0 ? ", " + step.open() + " open" : "");
        }
        out.println("%-24s %-10s %9s  %s"
                .formatted(step.step(), words(step.status()), clock(step.seconds()), attempts)
                .stripTrailing());
        if (!step.status().equals("COMPLETED") && !step.message().isEmpty()) {
            out.println("    " + step.message());
        }
    }

    private static String explain(RunStatus status) {
        return switch (status.state()) {
            case "INTERRUPTED" -> " (its controller ended without a word; 'mugv resume' goes on)";
            case "STOPPED", "FAILED" -> " ('mugv resume' goes on)";
            case "WAITING" ->
                status.waiting().stream().allMatch(RunStatus.Awaited::isComplete)
                        ? " (everything is labelled; 'mugv resume' goes on)"
                        : " (for people who label; then 'mugv resume' goes on)";
            case "NOT_STARTED" -> " (start it with 'mugv run')";
            default -> "";
        };
    }

    private static String words(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String clock(long seconds) {
        return Durations.clock(Duration.ofSeconds(seconds));
    }
}
