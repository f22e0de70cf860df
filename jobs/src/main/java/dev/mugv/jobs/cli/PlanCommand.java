package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.ControllerApplication;
import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.ExecutorKind;
import dev.mugv.model.config.SlurmRequest;
import dev.mugv.model.run.Json;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.work.StepPreview;
import dev.mugv.steps.work.StepPreview.Why;
import dev.mugv.steps.work.WorkListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv plan}. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows what 'mugv run' would do now, why, on what resources and for how long; runs nothing.",
            "",
            "Content decides: a piece is up to date when a result of the same task, code, parameters, inputs and threads is there. Steps"
                    + " that need results which are not made yet can be planned only when those are there."
        },
        footer = {"", "Examples:", "  mugv plan --config my.yaml", "  mugv plan --job pretrain --json"})
final class PlanCommand implements Callable<Integer> {
    private static final Pattern GPUS =
            Pattern.compile("--(?:gres=gpu(?::[A-Za-z0-9_.-]+)?:|gpus-per-node=(?:[A-Za-z0-9_.-]+:)?)(\\d+)");

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            defaultValue = RunCommand.PIPELINE,
            description = "Job, as of 'mugv run'. Default: ${DEFAULT-VALUE}.")
    private String job = RunCommand.PIPELINE;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.REQUIRED);
        ControllerLog.silent();
        DatabaseAddress database = new RunDatabase(run, System.getenv()).openForWork();
        PrintWriter out = spec.commandLine().getOut();
        try (ControllerApplication application = ControllerApplication.open(
                run.configuration(), database, Distribution.ofThisProcess(), WorkListener.silent())) {
            JdbcClient jdbc = JdbcClient.create(database.dataSource());
            RunPlan plan = plan(run, application.foresee(job), jdbc);
            if (json) {
                out.print(Json.pretty(plan));
            } else {
                print(plan, out);
            }
        }
        out.flush();
        return ExitCode.COMPLETED.code();
    }

    RunPlan plan(SelectedRun run, List<ControllerApplication.Foresight> foresights, JdbcClient jdbc) {
        List<RunPlan.StepPlan> steps = new ArrayList<>();
        Optional<String> firstToDo = Optional.empty();
        for (ControllerApplication.Foresight foresight : foresights) {
            RunPlan.StepPlan step = step(run, foresight, firstToDo, jdbc);
            steps.add(step);
            if (firstToDo.isEmpty() && (!step.planned() || step.due() + step.inWork() > 0)) {
                firstToDo = Optional.of(step.step());
            }
        }
        return new RunPlan(
                run.identity().name(),
                job,
                steps,
                steps.stream().mapToDouble(RunPlan.StepPlan::gpuHoursAtMost).sum(),
                steps.stream().mapToDouble(RunPlan.StepPlan::cpuHoursAtMost).sum());
    }

    private static RunPlan.StepPlan step(
            SelectedRun run, ControllerApplication.Foresight foresight, Optional<String> before, JdbcClient jdbc) {
        String note =
                before.map(step -> "may change when '" + step + "' is done").orElse("");
        Optional<StepPreview> known =
                foresight.preview().filter(preview -> !preview.pieces().isEmpty());
        if (known.isEmpty()) {
            String obstacle = foresight.obstacle().isEmpty()
                    ? "no piece is known before the controller's own steps have run (scan-videos, filter-clips and the like)"
                    : foresight.obstacle();
            String why = before.map(step -> "when '" + step + "' is done").orElse(obstacle);
            return new RunPlan.StepPlan(foresight.step(), false, why, 0, 0, 0, 0, "", "", 0, -1, -1, 0, 0);
        }
        StepPreview preview = known.get();
        Cost cost = Cost.of(run, preview);
        double seconds = secondsSoFar(run.identity().name(), preview.step(), jdbc);
        double hours = preview.due() * seconds / 3600;
        double atMost = preview.due() * cost.limit().toSeconds() / 3600.0;
        boolean limited = run.configuration().executor() == ExecutorKind.SLURM;
        return new RunPlan.StepPlan(
                preview.step(),
                true,
                note,
                preview.pieces().size(),
                preview.count(Why.UP_TO_DATE) + preview.count(Why.SAME_AS_ANOTHER),
                preview.count(Why.IN_WORK),
                preview.due(),
                because(preview),
                cost.text(),
                seconds,
                seconds == 0 ? -1 : hours * cost.gpus(),
                seconds == 0 ? -1 : hours * cost.cpus(),
                limited ? atMost * cost.gpus() : 0,
                limited ? atMost * cost.cpus() : 0);
    }

    private static String because(StepPreview preview) {
        List<String> reasons = new ArrayList<>();
        add(reasons, preview.count(Why.NEVER_DONE), "never done");
        add(reasons, preview.count(Why.CHANGED), "made before of other parameters, inputs or code");
        add(reasons, preview.count(Why.FAILED_BEFORE), "failed or was stopped before");
        return String.join(", ", reasons);
    }

    private static void add(List<String> reasons, long count, String reason) {
        if (count > 0) {
            reasons.add(count + " " + reason);
        }
    }

    /** Mean time of the step's pieces that succeeded, start to end of their last runs. */
    private static double secondsSoFar(String run, String step, JdbcClient jdbc) {
        return jdbc.sql("""
                        SELECT coalesce(avg(extract(epoch FROM r.ended_at - r.started_at)), 0)::double precision
                        FROM attempt a JOIN attempt_run r USING (token, logical_index)
                        WHERE a.run_name = ? AND a.step_name = ? AND a.state = 'SUCCEEDED'
                          AND r.outcome = 'SUCCEEDED' AND r.started_at IS NOT NULL AND r.ended_at IS NOT NULL""").params(run, step).query(Double.class).single();
    }

    static void print(RunPlan plan, PrintWriter out) {
        out.println("run %s, job %s".formatted(plan.run(), plan.job()));
        out.println();
        out.println("%-24s %7s %10s %6s  %s".formatted("step", "to do", "up to date", "at work", "each piece"));
        for (RunPlan.StepPlan step : plan.steps()) {
            if (!step.planned()) {
                out.println("%-24s %7s %10s %6s  not yet: %s".formatted(step.step(), "?", "?", "?", step.note()));
                continue;
            }
            out.println("%-24s %7d %10d %6d  %s"
                    .formatted(
                            step.step(),
                            step.due(),
                            step.upToDate(),
                            step.inWork(),
                            step.due() == 0 ? "" : step.resources())
                    .stripTrailing());
            List<String> notes = new ArrayList<>();
            if (!step.because().isEmpty()) {
                notes.add(step.because());
            }
            if (step.gpuHours() > 0) {
                notes.add(hours(step.gpuHours()) + " GPU-hours by earlier pieces");
            } else if (step.due() > 0 && step.cpuHours() > 0) {
                notes.add(hours(step.cpuHours()) + " CPU-hours by earlier pieces");
            }
            if (!step.note().isEmpty()) {
                notes.add(step.note());
            }
            notes.forEach(note -> out.println("    " + note));
        }
        out.println();
        if (plan.cpuHoursAtMost() > 0) {
            out.println("At most %s GPU-hours and %s CPU-hours by the time limits of what is known now."
                    .formatted(hours(plan.gpuHoursAtMost()), hours(plan.cpuHoursAtMost())));
        }
    }

    private static String hours(double hours) {
        return String.format(Locale.ROOT, hours < 10 ? "%.2f" : "%.0f", hours);
    }

    /** What one piece of a step takes. */
    private record Cost(Duration limit, int nodes, int cpus, int gpus, String text) {
        static Cost of(SelectedRun run, StepPreview preview) {
            StepPreview.Preview first = preview.pieces().isEmpty()
                    ? new StepPreview.Preview("", Why.UP_TO_DATE, 1, 1)
                    : preview.pieces().get(0);
            String own = "%d CPUs, %d MiB".formatted(first.threads(), first.memoryMebibytes());
            if (run.configuration().executor() == ExecutorKind.LOCAL) {
                return new Cost(Duration.ZERO, 1, first.threads(), 0, own + " on this machine");
            }
            SlurmRequest request = run.configuration().slurm().request(preview.step());
            int nodes = request.nodes().orElse(1);
            int ranks = request.ranksPerNode().orElse(1);
            int gpus = request.options().stream()
                    .map(GPUS::matcher)
                    .filter(Matcher::find)
                    .mapToInt(match -> Integer.parseInt(match.group(1)))
                    .sum();
            String text = (nodes > 1 ? nodes + " nodes of " : "") + (ranks > 1 ? ranks + " ranks of " : "") + own
                    + ", at most "
                    + hours(request.timeLimit().toSeconds() / 3600.0) + " h"
                    + request.relayAhead()
                            .map(ahead -> ", a training's next segment queued " + hours(ahead.toSeconds() / 3600.0)
                                    + " h before")
                            .orElse("")
                    + request.options().stream().map(option -> ", " + option).collect(Collectors.joining());
            return new Cost(request.timeLimit(), nodes, nodes * ranks * first.threads(), nodes * gpus, text);
        }
    }
}
