package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.doctor.Examination;
import dev.mugv.jobs.doctor.Finding;
import dev.mugv.model.run.Json;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Looks at everything that a run takes for granted of this machine and its cluster.",
            "",
            "Slurm's programs, version, limits, accounting and preemption, the database, clocks, and by a job of a moment what a node"
                    + " sees: storage, Java, the product. Each line is ok, a warning or a failure, with what to do next. Exit code 0"
                    + " when nothing has failed."
        },
        footer = {
            "",
            "Examples:",
            "  mugv doctor --config my.yaml",
            "  mugv doctor --wait 600 --json",
            "  mugv doctor --wait 0   without a job on a node"
        })
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "Longest wait for the job on a node; 0 submits none. Default: ${DEFAULT-VALUE}.")
    private int waitSeconds;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.SKIPPED);
        ControllerLog.silent();
        List<Finding> findings = new Examination(
                        run.configuration(),
                        run.identity().workspace(),
                        Distribution.ofThisProcess(),
                        () -> new RunDatabase(run, System.getenv())
                                .openForWork()
                                .toString())
                .findings(Duration.ofSeconds(waitSeconds));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.pretty(findings));
        } else {
            findings.forEach(finding -> print(finding, out));
        }
        out.flush();
        boolean failed = findings.stream().anyMatch(finding -> finding.state() == Finding.State.FAILED);
        return (failed ? ExitCode.INVALID_REQUEST : ExitCode.COMPLETED).code();
    }

    private static void print(Finding finding, PrintWriter out) {
        out.println("%-8s %-24s %s"
                .formatted(finding.state().name().toLowerCase(Locale.ROOT), finding.subject(), finding.fact()));
        if (!finding.next().isEmpty()) {
            out.println("         " + " ".repeat(24) + " " + finding.next());
        }
    }
}
