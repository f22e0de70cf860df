package dev.mugv.steps.goodput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.metrics.LedgerMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class GoodputQueryTest {
    private static final Instant T0 = Instant.parse("2026-11-30T10:00:00Z");
    private static final int CORES = 2;

    /** Milliseconds of rounding an element. */
    private static final double ROUNDING = 1e-6;

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());

    @TempDir
    Path workspace;

    private final String run = "run-" + UUID.randomUUID();

    @Test
    void aTrainingThatWasRequeuedLosesWhatCameAfterItsLastCheckpoint() throws Exception {
        String token = submission("train", 0);
        ArtifactKey key =
                attempt(token, TaskKind.TRAIN_MODEL, "SUCCEEDED", null, "{\"stage\":{\"checkpoint-every\":10}}");
        ran(token, 0, "REQUEUED", 60, 310);
        ran(token, 1, "COMPLETED", 400, 600);
        beat(token, 0, 25, 300);
        beat(token, 1, 40, 599);
        metrics(key);

        Goodput goodput = query().of(run);
        Goodput.Parts parts = goodput.total().core();
        // Run 0: 20 of its 25 updates of 5 s were saved, by 2 checkpoints of 2 s; it was last heard of 10 s before its
        // end.
        // Run 1: 20 updates, 2 checkpoints.
        assertSeconds(parts.productive(), 100 + 100);
        assertSeconds(parts.saving(), 4 + 4);
        assertSeconds(parts.lost(), 5 * 5 + 10);
        assertSeconds(parts.starting(), 250 - 100 - 4 - 35 + (200 - 100 - 4));
        assertSeconds(parts.queued(), 60 + 90);
        assertThat(goodput.total().lostByCause()).containsOnlyKeys("requeued");
        assertThat(parts.goodput()).isCloseTo(200.0 / 450, within(ROUNDING));
        assertThat(goodput.steps()).extracting(Goodput.Step::step).containsExactly("train");
        assertThat(goodput.total().runs()).isEqualTo(2);
        assertThat(goodput.total().gpu().used()).isZero();
    }

    @Test
    void ofATrainingThatARuleEndedTheUpdatesMadeCountNotThosePlanned() throws Exception {
        String token = submission("train", 0);
        ArtifactKey key =
                attempt(token, TaskKind.TRAIN_MODEL, "SUCCEEDED", null, "{\"stage\":{\"checkpoint-every\":10}}");
        ran(token, 0, "COMPLETED", 60, 560);
        // Last heard of three updates before the end, when 100 were planned.
        Files.write(
                AttemptFolder.of(workspace, token, 0).heartbeat(0),
                Json.bytes(new Heartbeat(0, "node1", 1, T0, T0.plusSeconds(545), 37, 100, "updates")));
        metrics(key);

        Goodput.Parts parts = query().of(run).total().core();
        assertSeconds(parts.productive(), 40 * 5);
        assertSeconds(parts.lost(), 0);
    }

    @Test
    void whatSavesNothingOnTheWayIsLostAsAWhole() throws Exception {
        String failed = submission("curate", 0);
        attempt(failed, TaskKind.CURATE_VIDEO, "FAILED", "OUT_OF_MEMORY", "{}");
        ran(failed, 0, "OUT_OF_MEMORY", 10, 70);
        String again = submission("curate", 80);
        attempt(again, TaskKind.CURATE_VIDEO, "SUCCEEDED", null, "{}");
        ran(again, 0, "COMPLETED", 90, 150);
        exited(again, 95, 149);

        Goodput goodput = query().of(run);
        Goodput.Parts parts = goodput.total().core();
        assertSeconds(parts.lost(), 60);
        assertSeconds(parts.starting(), 5);
        assertSeconds(parts.productive(), 55);
        assertSeconds(parts.queued(), 10 + 10);
        assertThat(goodput.total().lostByCause()).containsOnlyKeys("out-of-memory");
    }

    @Test
    void whatRunsNowIsProductiveSoFar() throws Exception {
        String token = submission("curate", 0);
        attempt(token, TaskKind.CURATE_VIDEO, "OPEN", null, "{}");
        ran(token, 0, "RUNNING", 10, -1);
        assertSeconds(query().of(run).total().core().productive(), 3600 - 10);
    }

    @Test
    void aRunWithoutWorkHasLostNothing() {
        Goodput goodput = query().of("nobody");
        assertThat(goodput.steps()).isEmpty();
        assertThat(goodput.total().core().goodput()).isEqualTo(1);
    }

    /** Panels ask by name and label; a renamed metric would leave them empty and nobody would know why. */
    @Test
    void everyMetricThatTheDashboardNamesIsGivenOut() throws Exception {
        String token = submission("curate", 0);
        attempt(token, TaskKind.CURATE_VIDEO, "FAILED", "OUT_OF_MEMORY", "{}");
        ran(token, 0, "OUT_OF_MEMORY", 10, 70);
        jdbc.sql(
                        "INSERT INTO stage_figure (run_name, stage, name, value) VALUES (?, 'train', 'last-validation-loss', 0.5)")
                .param(run)
                .update();
        jdbc.sql("""
                        INSERT INTO remote_call (place, controller, run_name, tool, begun_at, outcome)
                        VALUES ('me@c/login', 'h:1', ?, 'squeue', now(), 'BEGUN')""").param(run).update();
        jdbc.sql("""
                        INSERT INTO node_failure (place, node, kind, failed_at, token, logical_index, run_number, detail)
                        VALUES ('me@c/login', 'node1', 'HANG', now(), ?, 0, 0, '')""").param(token).update();
        jdbc.sql("""
                        INSERT INTO published_checkpoint (run_name, step_name, label, task, artifact_key, manifest_sha256,
                            content_sha256, workspace)
                        VALUES (?, 's', 'l', 'TRAIN_MODEL', ?, ?, ?, '/w')""")
                .params(run, "a".repeat(64), "b".repeat(64), "c".repeat(64))
                .update();
        jdbc.sql("SELECT append_audit_event('ALARM', 'cats', 's', '{}', 'ann', 'h', 1)")
                .query(Long.class)
                .single();
        jdbc.sql("INSERT INTO batch_job_instance (job_instance_id, job_name, job_key) VALUES (901, 'pipeline', ?)")
                .param(run.substring(0, 32))
                .update();
        jdbc.sql("""
                        INSERT INTO batch_job_execution (job_execution_id, job_instance_id, create_time, status)
                        VALUES (901, 901, now(), 'STARTED')""").update();
        jdbc.sql("""
                        INSERT INTO batch_job_execution_params (job_execution_id, parameter_name, parameter_type,
                            parameter_value, identifying) VALUES (901, 'run', 'java.lang.String', ?, 'Y')""").param(run).update();

        String exposition = new LedgerMetrics(jdbc, clock()).exposition(Map.of(run, workspace));
        Matcher names = Pattern.compile("(mugv_[a-z_]+)(?:\\{([^}]*)\\})?")
                .matcher(Files.readString(Path.of("../ops/grafana/mugv.json")).replace("\\\"", "\""));
        int found = 0;
        while (names.find()) {
            found++;
            String name = names.group(1);
            assertThat(exposition).as(name).containsPattern("(?m)^" + name + "\\{");
            Matcher labels = Pattern.compile("([a-z_]+)(?:=~|!~|!=|=)\"").matcher(String.valueOf(names.group(2)));
            while (labels.find()) {
                assertThat(exposition)
                        .as(name + " with label " + labels.group(1))
                        .containsPattern("(?m)^" + name + "\\{[^}]*\\b" + labels.group(1) + "=\"");
            }
        }
        assertThat(found).isGreaterThan(15);
        assertThat(exposition)
                .contains("mugv_failures_total{class=\"out_of_memory\",run=\"" + run + "\",step=\"curate\"} 1.0")
                .contains("mugv_lost_core_hours{cause=\"out-of-memory\",run=\"" + run + "\",step=\"curate\"} ")
                .contains("mugv_run_active{run=\"" + run + "\"} 1.0");
    }

    private static void assertSeconds(double hours, double seconds) {
        assertThat(hours * 3600 / CORES).isCloseTo(seconds, within(1e-3));
    }

    private GoodputQuery query() {
        return new GoodputQuery(jdbc, workspace, clock().instant());
    }

    private static Clock clock() {
        return Clock.fixed(T0.plusSeconds(3600), ZoneOffset.UTC);
    }

    private String submission(String step, long submittedAfter) {
        String token = UUID.randomUUID().toString().replace("-", "");
        jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, elements, parallel, external_id,
                            prepared_at, tried_at, submitted_at)
                        VALUES (?, ?, ?, 'SUBMITTED', 1, 1, '7', ?, ?, ?)""")
                .params(token, run, step, at(submittedAfter), at(submittedAfter), at(submittedAfter))
                .update();
        return token;
    }

    private ArtifactKey attempt(String token, TaskKind task, String state, @Nullable String failure, String parameters)
            throws Exception {
        ArtifactKey key = new ArtifactKey(
                dev.mugv.model.run.Sha256.of((run + task).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        int number = jdbc.sql("SELECT count(*) + 1 FROM attempt WHERE artifact_key = ?")
                .param(key.value())
                .query(Integer.class)
                .single();
        jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task,
                            artifact_key, number, memory_mebibytes, state, failure_class, manifest_sha256, created_at, decided_at)
                        SELECT token, 0, run_name, step_name, 1, 'piece', ?, ?, ?, 100, ?, ?, ?, prepared_at, ?
                        FROM submission WHERE token = ?""")
                .param(task.name())
                .param(key.value())
                .param(number)
                .param(state)
                .param(failure)
                .param(state.equals("SUCCEEDED") ? "f".repeat(64) : null)
                .param(state.equals("OPEN") ? null : at(3000))
                .param(token)
                .update();
        AttemptFolder folder = AttemptFolder.of(workspace, token, 0);
        Files.createDirectories(folder.path());
        Files.write(
                folder.order(),
                Json.bytes(new WorkOrder(
                        WorkOrder.FORMAT_VERSION,
                        token,
                        0,
                        number,
                        task,
                        key,
                        workspace,
                        Json.parse(parameters, tools.jackson.databind.JsonNode.class),
                        List.of(),
                        CORES,
                        List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")))));
        return key;
    }

    /** A run; one that has not ended ends at -1. */
    private void ran(String token, int number, String state, long from, long to) {
        jdbc.sql("""
                        INSERT INTO attempt_run (token, logical_index, run_number, executor_state, detail, started_at, ended_at)
                        VALUES (?, 0, ?, ?, '', ?, ?)""")
                .param(token)
                .param(number)
                .param(state)
                .param(at(from))
                .param(to < 0 ? null : at(to))
                .update();
    }

    private void beat(String token, int number, long done, long after) throws Exception {
        Instant at = T0.plusSeconds(after);
        Files.write(
                AttemptFolder.of(workspace, token, 0).heartbeat(number),
                Json.bytes(new Heartbeat(number, "node1", 1, at, at, done, 40, "updates")));
    }

    private void exited(String token, long from, long to) throws Exception {
        new ExitRecord(
                        ExitRecord.FORMAT_VERSION,
                        token,
                        0,
                        1,
                        0,
                        ExitRecord.Outcome.SUCCEEDED,
                        null,
                        null,
                        "f".repeat(64),
                        "node1",
                        1,
                        T0.plusSeconds(from),
                        T0.plusSeconds(to),
                        0)
                .write(AttemptFolder.of(workspace, token, 0));
    }

    private void metrics(ArtifactKey key) throws Exception {
        Path file = new ArtifactStore(workspace)
                .durableFolder(TaskKind.TRAIN_MODEL, key)
                .resolve(MetricsLine.FILE_NAME);
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
        StringBuilder lines = new StringBuilder(new MetricsLine(0, Map.of("validation-loss", 1.0)).json() + "\n");
        for (long update = 1; update <= 40; update++) {
            Map<String, Double> figures = new HashMap<>(Map.of(MetricsLine.SECONDS_PER_UPDATE, 5.0));
            if (update == 11 || update == 31) { // 21 was the first of a new process, which saved nothing before it
                figures.put(MetricsLine.SAVING_SECONDS, 2.0);
            }
            lines.append(new MetricsLine(update, figures).json()).append('\n');
        }
        Files.writeString(file, lines);
    }

    private static java.time.OffsetDateTime at(long after) {
        return T0.plusSeconds(after).atOffset(ZoneOffset.UTC);
    }
}
