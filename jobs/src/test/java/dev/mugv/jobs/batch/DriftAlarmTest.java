package dev.mugv.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.cli.TypedCommand;
import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.evaluation.EvaluateModelPlanner;
import dev.mugv.steps.retention.WrittenArtifact;
import dev.mugv.steps.work.WorkListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.step.Step;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The last step of the job {@code evaluate} as the product assembles it, over two checkpoints of which the aligned one moves less. */
class DriftAlarmTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final String ALARM =
            "Alarm: motion, t2v, is 50 % lower in 'aligned' than in 'finetuned' over 2 samples (more than 30 %)";

    @TempDir
    Path folder;

    private Path workspace;

    @BeforeEach
    void evaluate() throws IOException {
        workspace = Files.createDirectory(folder.resolve("workspace"));
        Files.createDirectories(folder.resolve("worker/lib"));
    }

    @Test
    void alarmsStandInReportSummaryAndStatusAndTheJobCompletes() throws IOException {
        Path file = configuration("warn");
        evaluated(run(file), 1);
        assertThat(launch(file)).isInstanceOf(RunOutcome.Completed.class);
        assertShown(file);

        // The next evaluation finds nothing: its alarms are those that count.
        evaluated(run(file), 1.9);
        assertThat(launch(file)).isInstanceOf(RunOutcome.Completed.class);
        assertThat(Files.readString(workspace.resolve("report/index.html"))).doesNotContain("Alarm:");
        assertThat(status(file)).doesNotContain("Alarm:", "alarms of");
    }

    @Test
    void whereAlarmsAreToFailTheJobItFailsAfterEverythingIsWrittenAndCompletesWithoutThem() throws IOException {
        Path file = configuration("fail");
        evaluated(run(file), 1);
        assertThat(launch(file)).isInstanceOfSatisfying(RunOutcome.Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
            assertThat(failed.step()).isEqualTo("write-report");
            assertThat(failed.message())
                    .startsWith(
                            "Cannot accept the aligned model: expected no alarm, as evaluate.on-drift is fail, found 1. "
                                    + ALARM)
                    .endsWith("and give 'mugv resume'.");
        });
        assertShown(file);

        evaluated(run(file), 1.9);
        assertThat(launch(file)).isInstanceOf(RunOutcome.Completed.class);
    }

    private void assertShown(Path file) throws IOException {
        assertThat(Files.readString(workspace.resolve("report/index.html")))
                .contains("Alarm: motion, t2v, is 50 % lower");
        assertThat(Files.readString(workspace.resolve("report/summary.txt"))).contains(ALARM);
        assertThat(status(file)).contains("alarms of the last evaluation\n  " + ALARM);
    }

    private String status(Path file) {
        TypedCommand asked = new TypedCommand();
        assertThat(asked.run("status", "--config", file.toString()))
                .as(asked.err())
                .isZero();
        return asked.out();
    }

    private Path configuration(String onDrift) throws IOException {
        Path file = TypedCommand.configuration(folder, workspace, postgres.address());
        String text = Files.readString(file)
                .replaceFirst("(?m)^name: .*$", "name: drift-" + onDrift)
                // Nobody is asked for a study here.
                .replaceFirst("(?m)^  human-study: .*$", "")
                .replaceFirst("(?m)^evaluate:$", "evaluate:\n  on-drift: " + onDrift);
        return Files.writeString(file, text);
    }

    private static String run(Path file) {
        return ConfigurationFile.read(file, PathCheck.SKIPPED).name();
    }

    private RunOutcome launch(Path file) {
        PipelineConfiguration configuration = ConfigurationFile.read(file, PathCheck.SKIPPED);
        try (ControllerApplication application = ControllerApplication.open(
                        configuration, postgres.address(), new Distribution(folder), WorkListener.silent());
                TestApplication batch = new TestApplication(postgres.address(), RunIdentity.of(configuration))) {
            Step report = ((AbstractJob) application.jobs().get(EvaluateJobConfiguration.JOB)).getStep("write-report");
            return batch.launch(batch.job(EvaluateJobConfiguration.JOB, java.util.Objects.requireNonNull(report)));
        }
    }

    /** Two checkpoints with two samples each: the finetuned one moves by 2, the aligned one by so much. */
    private void evaluated(String run, double motion) throws IOException {
        StageCatalog stages = new StageCatalog(JdbcClient.create(postgres.dataSource()));
        List<StageArtifact> all = List.of(
                new StageArtifact("finetuned", artifact("finetuned", 2)),
                new StageArtifact("aligned", artifact("aligned", motion)));
        for (int position = 0; position < all.size(); position++) {
            stages.put(run, EvaluateModelPlanner.STEP, position, all.get(position));
        }
    }

    private dev.mugv.model.run.ArtifactRef artifact(String checkpoint, double motion) {
        ModelEvaluation found = new ModelEvaluation(
                checkpoint, "ef".repeat(32), List.of(), List.of(sample("one", motion), sample("two", motion)));
        byte[] picture = checkpoint.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return WrittenArtifact.writeBytes(
                workspace,
                TaskKind.EVALUATE_MODEL,
                checkpoint + motion + folder,
                Map.of(ModelEvaluation.FILE_NAME, Json.bytes(found), "videos/one.mp4", picture, "one.png", picture));
    }

    private static ModelEvaluation.Sample sample(String id, double motion) {
        return new ModelEvaluation.Sample(
                id,
                id,
                Conditioning.PROMPT,
                "a red boat",
                new VideoShape(64, 64, 16, 8),
                Map.of("motion", motion),
                "videos/one.mp4",
                "one.png",
                "");
    }
}
