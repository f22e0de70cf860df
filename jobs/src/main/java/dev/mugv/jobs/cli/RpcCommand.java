package dev.mugv.jobs.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mugv rpc}. */
@Command(
        name = "rpc",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows what all controllers of the database have run where Slurm is: calls a minute by tool, the busiest"
                    + " minute, the slowest, failures, and who asks for all.",
            "",
            "The budget is slurm.calls-per-minute; calls are remembered for slurm.call-retention."
        },
        footer = {"", "Examples:", "  mugv rpc", "  mugv rpc --minutes 1440 --json"})
final class RpcCommand extends RunQuestion<RpcQuery.Answer> {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "60",
            description = "How far to look back. Default: ${DEFAULT-VALUE}.")
    private int minutes;

    private int budget;

    @Override
    RpcQuery.Answer answer(SelectedRun run) {
        budget = run.configuration().slurm().callsPerMinute();
        return new RunView(run).ask(jdbc -> new RpcQuery(jdbc, Duration.ofMinutes(Math.max(1, minutes))).answer());
    }

    @Override
    void print(RpcQuery.Answer answer, PrintWriter out) {
        if (answer.tools().isEmpty()) {
            out.println("Nothing was run in the last " + answer.since() + ".");
            return;
        }
        out.println("%-20s %-9s %7s %9s %8s %6s %9s %10s %10s"
                .formatted("PLACE", "TOOL", "CALLS", "A MINUTE", "BUSIEST", "EMPTY", "FAILURES", "MEDIAN", "SLOWEST"));
        for (RpcQuery.Tool tool : answer.tools()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%-20s %-9s %7d %9.1f %8d %6d %9d %7d ms %7d ms",
                    tool.place(),
                    tool.tool(),
                    tool.calls(),
                    tool.perMinute(),
                    tool.busiestMinute(),
                    tool.empty(),
                    tool.failures(),
                    tool.medianMilliseconds(),
                    tool.slowestMilliseconds()));
        }
        answer.busiestMinutes()
                .forEach(minute -> out.println("Busiest minute of %s: %d calls from %s on, of %d allowed"
                        .formatted(minute.place(), minute.calls(), minute.from(), budget)));
        answer.leaders()
                .forEach(leader -> out.println("%s: %s %s, last round %s"
                        .formatted(
                                leader.place(),
                                leader.holdsTheLock() ? "asked for all by" : "nobody asks now; last asked by",
                                leader.controller(),
                                leader.lastRound())));
        answer.failures()
                .forEach(failure -> out.println("%s %s %s by %s: %s"
                        .formatted(
                                failure.begunAt(),
                                failure.tool(),
                                failure.outcome(),
                                failure.controller(),
                                failure.reason().lines().findFirst().orElse(""))));
    }
}
