package dev.mugv.jobs.query;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.report.LossCurve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.JacksonException;

/** Losses of the trainings that are under way, out of the metrics that they are writing. */
public final class GrowingLosses {
    private final JdbcClient jdbc;
    private final RunIdentity run;

    public GrowingLosses(JdbcClient jdbc, RunIdentity run) {
        this.jdbc = jdbc;
        this.run = run;
    }

    /** One curve a training, the one that began last first. */
    public List<LossCurve> curves() {
        ArtifactStore store = new ArtifactStore(run.workspace());
        return jdbc
                .sql("""
                        SELECT step_name, task, artifact_key, max(created_at) AS began FROM attempt
                        WHERE run_name = ? AND state = 'OPEN' GROUP BY step_name, task, artifact_key ORDER BY began DESC""")
                .param(run.name())
                .query((row, number) -> curve(
                        row.getString("step_name"),
                        store.durableFolder(
                                        TaskKind.valueOf(row.getString("task")),
                                        new ArtifactKey(row.getString("artifact_key")))
                                .resolve(MetricsLine.FILE_NAME)))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** What the stage's plateau rule has seen, by the file beside its metrics. */
    private static String plateau(Path metrics) {
        Path file = metrics.resolveSibling(PlateauLooks.FILE_NAME);
        return Files.exists(file) ? Json.read(file, PlateauLooks.class).sentence() : "";
    }

    /** By the whole lines of a file: the last one may be half written. */
    private static Optional<LossCurve> curve(String step, Path metrics) {
        if (!Files.isRegularFile(metrics)) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(metrics);
            List<MetricsLine> lines = text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(MetricsLine::parse)
                    .toList();
            return Optional.of(LossCurve.of(step + ", under way", "loss", lines).remarked(plateau(metrics)));
        } catch (IOException | JacksonException | IllegalArgumentException cutBackOrNotFinite) {
            // It is being resumed or has diverged: the next look, or the step's message, says more.
            return Optional.empty();
        }
    }
}
