package dev.mugv.jobs.cli;

import com.zaxxer.hikari.HikariDataSource;
import dev.mugv.jobs.demo.ScriptedAnnotator;
import dev.mugv.jobs.web.AnnotationDesk;
import dev.mugv.jobs.web.Endpoint;
import dev.mugv.jobs.web.ServedRun;
import dev.mugv.jobs.web.WebServer;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Three scripted annotators that label what the demonstration waits for, at an annotation page of its own. */
final class StandIns {
    /** Whoever reads a label sees that no person gave it. */
    private static final List<String> NAMES = List.of("scripted-ann", "scripted-ben", "scripted-cho");

    private static final int CONNECTIONS = 4;

    private final SelectedRun run;
    private final PrintWriter out;

    StandIns(SelectedRun run, PrintWriter out) {
        this.run = run;
        this.out = out;
    }

    /** Serves the page to this machine, has them label all there is, and says so; gives how many labels they gave. */
    int label() {
        out.println("Scripted annotators stand in for people: %s, who answer by the bytes of what they are shown."
                .formatted(String.join(", ", NAMES)));
        out.flush();
        LabelAccess labels = LabelAccess.open(run);
        AnnotationDesk desk = new AnnotationDesk(labels.store(), labels.annotators(), Clock.systemUTC());
        ControllerLog.toFile(run.identity().workspace().resolve("logs").resolve("web.log"));
        ControllerLog.takeInJavaLogging();
        int given = 0;
        try (HikariDataSource database =
                        new RunDatabase(run, System.getenv()).open().poolForReading(CONNECTIONS);
                WebServer server = WebServer.start(
                        new ServedRun(
                                run.identity(), run.configuration().slurm().nodeExclusion()),
                        database,
                        Endpoint.of("127.0.0.1", 0),
                        Optional.of(desk))) {
            for (String name : NAMES) {
                ScriptedAnnotator annotator =
                        new ScriptedAnnotator(server.endpoint().url(), name);
                annotator.logIn(labels.annotators().invite(name));
                given += annotator.labelAll();
            }
        }
        out.println("They gave %d labels at the annotation page; the run goes on.".formatted(given));
        out.flush();
        return given;
    }
}
