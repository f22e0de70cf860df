package dev.mugv.jobs.cli;

import dev.mugv.steps.goodput.Goodput;
import dev.mugv.steps.goodput.GoodputQuery;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code mugv goodput}. */
@Command(
        name = "goodput",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says where a run's hours went: queued, starting, productive, saving, lost, and lost by what.",
            "",
            "Hours are core-hours (threads of all ranks), and GPU-hours where ranks had devices. Productive is computing whose result"
                    + " was kept; lost is what came after the last checkpoint of a training, or the whole run of what saves nothing on"
                    + " the way. Queued hours hold no machine and are no part of the goodput."
        },
        footer = {"", "Examples:", "  mugv goodput", "  mugv goodput --json"})
final class GoodputCommand extends RunQuestion<Goodput> {
    @Override
    Goodput answer(SelectedRun run) {
        return new RunView(run)
                .ask(jdbc -> new GoodputQuery(
                                jdbc,
                                run.identity().workspace(),
                                Clock.systemUTC().instant())
                        .of(run.identity().name()));
    }

    @Override
    void print(Goodput goodput, PrintWriter out) {
        boolean gpus = goodput.total().gpu().used() > 0;
        out.println("%-24s %5s %10s %10s %10s %10s %10s %8s"
                .formatted("step", "runs", "queued", "starting", "productive", "saving", "lost", "goodput"));
        goodput.steps().forEach(step -> row(step.step(), step.hours(), gpus, out));
        row("all", goodput.total(), gpus, out);
        if (!goodput.total().lostByCause().isEmpty()) {
            out.println();
            out.println("lost core-hours by cause");
            goodput.total().lostByCause().entrySet().stream()
                    .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                    .forEach(cause -> out.println("  %-20s %10.4f".formatted(cause.getKey(), cause.getValue())));
        }
        out.println();
        out.println(gpus ? "Core-hours, and below them GPU-hours." : "Core-hours; no rank had a GPU.");
    }

    private static void row(String name, Goodput.Hours hours, boolean gpus, PrintWriter out) {
        out.println("%-24s %5d %s".formatted(name, hours.runs(), parts(hours.core())));
        if (gpus) {
            out.println("%-24s %5s %s".formatted("", "", parts(hours.gpu())));
        }
    }

    private static String parts(Goodput.Parts parts) {
        return "%10.4f %10.4f %10.4f %10.4f %10.4f %7.1f%%"
                .formatted(
                        parts.queued(),
                        parts.starting(),
                        parts.productive(),
                        parts.saving(),
                        parts.lost(),
                        100 * parts.goodput());
    }
}
