package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.jobs.certify.Certification;
import dev.mugv.jobs.certify.CertificationReport;
import dev.mugv.jobs.certify.CertificationSettings;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv certify}. */
@Command(
        name = "certify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tries on the cluster itself whether work is ever done twice, lost or judged wrongly.",
            "",
            "Runs some hundreds of jobs of one CPU, 384 MiB and some seconds each, makes things go wrong with them (lost answers,"
                    + " killed controllers, requeues, cancellations, kills for memory, silent accounting; on a cluster of"
                    + " ops/dev-cluster also frozen services and lost nodes), and counts by what the jobs themselves leave and by"
                    + " Slurm's own lists. Only its own jobs are touched. Takes some minutes a round on an idle cluster."
        },
        footer = {
            "",
            "The jobs are those of a step named 'certify': give it a Slurm partition of its own under slurm.steps if need be.",
            "",
            "Examples:",
            "  mugv certify --config my.yaml",
            "  mugv certify --config my.yaml --rounds 10 --seed 7 --json"
        })
final class CertifyCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often every fault is tried. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of what is chosen by chance. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--scale",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description =
                    "Sizes of the trials; at 100 about 180 attempts a round are hit, and 250 where nodes and services"
                            + " may be broken. Default: ${DEFAULT-VALUE}.")
    private int scale;

    @Option(
            names = "--fault",
            paramLabel = "FAULT",
            description = "Only this fault, by the name that the report shows; may be given several times.")
    private List<String> faults = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (rounds < 1 || scale < 1) {
            throw new picocli.CommandLine.ParameterException(spec.commandLine(), "--rounds and --scale are at least 1");
        }
        SelectedRun run = options.select(PathCheck.SKIPPED);
        if (run.configuration().slurm().storage().isPresent()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot certify: expected a workspace that nodes share with this machine, as its witnesses are their own files, found"
                            + " 'slurm.ssh.storage'. Start it on the login node.");
        }
        ControllerLog.silent();
        Path folder = run.identity()
                .workspace()
                .resolve("certify")
                .resolve(LocalDateTime.now().format(STAMP));
        make(folder);
        PrintWriter err = spec.commandLine().getErr();
        CertificationSettings settings = new CertificationSettings(
                run.file(),
                run.configuration(),
                new RunDatabase(run, System.getenv()).openForWork(),
                Distribution.ofThisProcess(),
                folder,
                rounds,
                seed,
                Set.copyOf(faults),
                scale,
                System.getenv());
        CertificationReport report = new Certification(settings, line -> {
                    err.println(line);
                    err.flush();
                })
                .run(Optional.ofNullable(System.getProperty("mugv.home")).map(Path::of));
        keep(report, folder);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Json.pretty(report));
        } else {
            print(report, folder, out);
        }
        out.flush();
        return (report.certifies() ? ExitCode.COMPLETED : ExitCode.DEFECT).code();
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot certify in '%s': expected a writable folder on storage that nodes share, found: %s. Correct 'workspace' or --workspace."
                            .formatted(folder, e),
                    e);
        }
    }

    private static void keep(CertificationReport report, Path folder) {
        try {
            Files.writeString(folder.resolve("report.json"), Json.pretty(report));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void print(CertificationReport report, Path folder, PrintWriter out) {
        out.println("%-32s %5s %8s %7s  %s".formatted("fault", "round", "attempts", "time", ""));
        report.faults()
                .forEach(fault -> out.println("%-32s %5d %8d %5d s  %s"
                        .formatted(
                                fault.fault(),
                                fault.round(),
                                fault.attemptsHit(),
                                fault.seconds(),
                                fault.notTried().isEmpty() ? "" : "not tried here: " + fault.notTried())
                        .stripTrailing()));
        out.println();
        out.println("Slurm %s: %d submissions, %d attempts, %d runs, %d attempts hit by a fault, in %d s"
                .formatted(
                        report.version(),
                        report.submissions(),
                        report.attempts(),
                        report.runs(),
                        report.attemptsHit(),
                        report.seconds()));
        out.println("duplicates %d, losses %d, wrong verdicts %d"
                .formatted(
                        report.findings().duplicates().size(),
                        report.findings().losses().size(),
                        report.findings().wrongVerdicts().size()));
        list("duplicate", report.findings().duplicates(), out);
        list("loss", report.findings().losses(), out);
        list("wrong verdict", report.findings().wrongVerdicts(), out);
        list("failure of the cluster's own, rightly judged", report.findings().unexplained(), out);
        out.println(report.certifies() ? "Certified." : "NOT certified.");
        out.println("Every file of it: " + folder);
    }

    private static void list(String what, List<String> found, PrintWriter out) {
        found.forEach(text -> out.println("  " + what + ": " + text));
    }
}
