package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.metrics.LedgerMetrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mugv metrics}. */
@Command(
        name = "metrics",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints figures of all runs of the database in Prometheus' text form, with the hours of the run meant.",
            "",
            "With --output for the node exporter's textfile collector: the file appears as a whole. ops/grafana has a dashboard."
        },
        footer = {
            "",
            "Examples:",
            "  mugv metrics",
            "  mugv metrics --output /var/lib/prometheus/node-exporter/mugv.prom    every minute, from cron"
        })
final class MetricsCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Option(names = "--output", paramLabel = "FILE", description = "Write into this file, replaced as a whole.")
    private Optional<Path> output = Optional.empty();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.SKIPPED);
        String text = new RunView(run)
                .ask(jdbc -> new LedgerMetrics(jdbc, Clock.systemUTC())
                        .exposition(Map.of(run.identity().name(), run.identity().workspace())));
        if (output.isPresent()) {
            Path file = output.get().toAbsolutePath();
            try {
                DurableFile.write(file, text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST, "Cannot write '%s': %s. Correct --output.".formatted(file, e), e);
            }
        } else {
            PrintWriter out = spec.commandLine().getOut();
            out.print(text);
            out.flush();
        }
        return ExitCode.COMPLETED.code();
    }
}
