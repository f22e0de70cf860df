package dev.mugv.jobs.cli;

import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.query.EventView;
import dev.mugv.steps.audit.AuditQuery;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mugv log}. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells the story of a run in order: controllers, submissions, starts, requeues, ends, verdicts, checkpoints.",
            "",
            "Out of the audit log, so nothing of it can have been changed unnoticed ('mugv audit verify'). What the workers say is"
                    + " shown by 'mugv logs'."
        },
        footer = {"", "Examples:", "  mugv log", "  mugv log cats --since 2h", "  mugv log --step train-vae --json"})
final class LogCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "RUN",
            description = "Name of a run of the same database. Default: the run that the options mean.")
    private Optional<String> name = Optional.empty();

    @Option(names = "--step", paramLabel = "STEP", description = "Only what is about this step.")
    private Optional<String> step = Optional.empty();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Moment.Converter.class,
            description = "Not before, for example 2026-11-30T10:15 or 2h (ago).")
    private Optional<Moment> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", converter = Moment.Converter.class, description = "Not after.")
    private Optional<Moment> until = Optional.empty();

    @Option(
            names = {"-n", "--newest"},
            paramLabel = "N",
            description = "Only the newest N events, before --step is looked at.")
    private Optional<Integer> newest = Optional.empty();

    @Option(names = "--json", description = "Print a JSON array, an event a line.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        SelectedRun run = options.select(PathCheck.SKIPPED);
        AuditQuery query = new AuditQuery(
                Optional.of(name.orElse(run.identity().name())),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                since.map(Moment::instant),
                until.map(Moment::instant),
                newest);
        PrintWriter out = spec.commandLine().getOut();
        return new RunView(run).askConnection(connection -> {
            EventPrinter printer = new EventPrinter(out, json ? EventPrinter.Form.JSON : EventPrinter.Form.STORY);
            query.read(connection, entry -> {
                EventView event = EventView.of(entry);
                if (step.isEmpty() || step.get().equals(event.fact("step"))) {
                    printer.print(event);
                }
            });
            printer.end();
            return ExitCode.COMPLETED.code();
        });
    }
}
