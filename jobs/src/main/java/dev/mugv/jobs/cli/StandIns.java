package dev.mugv.jobs.cli;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.jobs.demo.ScriptedAnnotator;
import dev.mugv.jobs.web.AnnotationDesk;
import dev.mugv.jobs.web.Endpoint;
import dev.mugv.jobs.web.ServedRun;
import dev.mugv.jobs.web.WebServer;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Three scripted annotators that label what the demonstration waits for, at an annotation page of its own. */
final class StandIns implements AutoCloseable {
    /** Whoever reads a label sees that no person gave it. */
    private static final List<String> NAMES = List.of("scripted-ann", "scripted-ben", "scripted-cho");

    private static final int CONNECTIONS = 4;

    private final SelectedRun run;
    private final PrintWriter out;
    /** From the first wait on: a demo waits three times. */
    private @Nullable Desk desk;

    StandIns(SelectedRun run, PrintWriter out) {
        this.run = run;
        this.out = out;
    }

    /** The page, and who is logged in there. */
    private record Desk(HikariDataSource database, WebServer server, List<ScriptedAnnotator> annotators)
            implements AutoCloseable {
        Desk {
            annotators = List.copyOf(annotators);
        }

        @Override
        public void close() {
            server.close();
            database.close();
        }
    }

    /** Has them label all there is, and says so; gives how many labels they gave. */
    int label() {
        out.println("Scripted annotators stand in for people: %s, who answer by the bytes of what they are shown."
                .formatted(String.join(", ", NAMES)));
        out.flush();
        if (desk == null) {
            desk = open();
        }
        int given =
                desk.annotators().stream().mapToInt(ScriptedAnnotator::labelAll).sum();
        out.println("They gave %d labels at the annotation page; the run goes on.".formatted(given));
        out.flush();
        return given;
    }

    /** Serves the page to this machine alone, and has them log in. */
    private Desk open() {
        LabelAccess labels = LabelAccess.open(run);
        ControllerLog.toFile(run.identity().workspace().resolve("logs").resolve("web.log"));
        ControllerLog.takeInJavaLogging();
        HikariDataSource database = new RunDatabase(run, System.getenv()).open().poolForReading(CONNECTIONS);
        WebServer server = WebServer.start(
                new ServedRun(run.identity(), run.configuration().slurm().nodeExclusion()),
                database,
                Endpoint.of("127.0.0.1", 0),
                Optional.of(new AnnotationDesk(labels.store(), labels.annotators(), Clock.systemUTC())));
        Desk opened = new Desk(database, server, annotators(server));
        opened.annotators()
                .forEach(annotator -> annotator.logIn(labels.annotators().invite(annotator.name())));
        return opened;
    }

    private static List<ScriptedAnnotator> annotators(WebServer server) {
        List<ScriptedAnnotator> annotators = new ArrayList<>();
        NAMES.forEach(
                name -> annotators.add(new ScriptedAnnotator(server.endpoint().url(), name)));
        return annotators;
    }

    @Override
    public void close() {
        if (desk != null) {
            desk.close();
        }
    }
}
