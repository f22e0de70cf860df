package dev.mugv.jobs.cli;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.web.AnnotationDesk;
import dev.mugv.jobs.web.Endpoint;
import dev.mugv.jobs.web.ServedRun;
import dev.mugv.jobs.web.WebServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** {@code mugv serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows runs as web pages: stages live, clips with the reasons against them, losses, samples, goodput, nodes, and the"
                    + " lineage graph to walk through. Figures for Prometheus are at /metrics.",
            "",
            "The pages only read, need no outside network, and are served to this machine alone unless --bind says otherwise."
                    + " Ctrl-C ends it.",
            "",
            "With --annotate there are pages besides on which invited annotators log in and label, at /annotate."
        },
        footer = {
            "",
            "Examples:",
            "  mugv serve --workspace workspace/demo",
            "  mugv serve --port 9000",
            "  mugv serve --annotate",
            "  ssh -L 8080:localhost:8080 login1    then open http://localhost:8080/ on your own machine"
        })
final class ServeCommand implements Callable<Integer> {
    /** Of a page's questions, each takes one for some milliseconds. */
    private static final int CONNECTIONS = 6;

    @Mixin
    private RunOptions options = new RunOptions();

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8080", description = "Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address to listen at. Default: ${DEFAULT-VALUE}, which only this machine reaches.")
    private String bind = "";

    @Option(
            names = "--annotate",
            description =
                    "Let annotators log in and label; passwords and labels go unencrypted, so use a tunnel or a proxy.")
    private boolean annotate;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Endpoint endpoint = Endpoint.of(bind, port);
        SelectedRun run = options.select(PathCheck.SKIPPED);
        PrintWriter out = spec.commandLine().getOut();
        // Starts the database where it is embedded, and brings its schema up to date.
        new RunView(run).ask(jdbc -> jdbc.sql("SELECT 1").query(Integer.class).single());
        Optional<AnnotationDesk> desk = annotate ? Optional.of(desk(run)) : Optional.empty();
        Path workspace = new Work(run, out, spec.commandLine().getErr()).prepareWorkspace();
        ControllerLog.toFile(workspace.resolve("logs").resolve("web.log"));
        ControllerLog.takeInJavaLogging();
        if (!endpoint.isLoopback()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            ("Warning: whoever reaches %s sees every run of the database, with captions, pictures and videos;"
                                            + " there is no login. Without --bind only this machine does.")
                                    .formatted(endpoint.name()));
        }
        CountDownLatch ended = new CountDownLatch(1);
        Signal.handle(new Signal("INT"), received -> ended.countDown());
        Signal.handle(new Signal("TERM"), received -> ended.countDown());
        try (HikariDataSource database =
                        new RunDatabase(run, System.getenv()).open().poolForReading(CONNECTIONS);
                WebServer server = WebServer.start(
                        new ServedRun(
                                run.identity(), run.configuration().slurm().nodeExclusion()),
                        database,
                        endpoint,
                        desk)) {
            out.println("Serving run '%s' at %s (Ctrl-C ends it)"
                    .formatted(run.identity().name(), server.endpoint().url()));
            out.flush();
            ended.await();
        }
        out.println("Ended.");
        out.flush();
        return ExitCode.COMPLETED.code();
    }

    private static AnnotationDesk desk(SelectedRun run) {
        LabelAccess labels = LabelAccess.open(run);
        return new AnnotationDesk(labels.store(), labels.annotators(), Clock.systemUTC());
    }
}
