package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine;

/** All tasks of an array as one stream. */
class LogStreamTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());

    @BeforeEach
    void empties() {
        jdbc.sql("DELETE FROM attempt").update();
        jdbc.sql("DELETE FROM submission").update();
    }

    @Test
    void whatIsAddedToAnyTasksLogIsShownOnceAfterItsName() throws IOException {
        Path first = Files.createDirectories(folder.resolve("0"));
        Path second = Files.createDirectories(folder.resolve("1"));
        LogTail tail = new LogTail(new PrintWriter(out, true), 2);
        assertThat(tail.show("curate/a", first)).isFalse();
        Files.writeString(first.resolve("run-0.log"), "one\ntwo\nthree\nhal");
        Files.writeString(second.resolve("run-0.log"), "uno\n");
        Files.writeString(second.resolve("run-0-rank-1.log"), "of another rank\n");
        assertThat(tail.show("curate/a", first)).isTrue();
        tail.show("curate/b", second);
        tail.show("curate/b", second);
        Files.writeString(first.resolve("run-0.log"), "f\n", StandardOpenOption.APPEND);
        Files.writeString(second.resolve("run-1.log"), "requeued\n");
        tail.show("curate/a", first);
        tail.show("curate/b", second);
        assertThat(out.toString().lines())
                .containsExactly(
                        "curate/a | two",
                        "curate/a | three",
                        "curate/b | uno",
                        "curate/a | half",
                        "curate/b | requeued");
    }

    @Test
    void everyTaskOfAnArrayIsFollowedAndAFewAreShownOtherwise() {
        String token = "5e08b29d32ffb4e34bb1f8a14c27be48";
        jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, elements, parallel, external_id, prepared_at,
                            tried_at, submitted_at)
                        VALUES (?, 'demo', 'curate-videos', 'SUBMITTED', 300, 2, '1234', now(), now(), now())""").param(token).update();
        for (int index = 0; index < 300; index++) {
            jdbc.sql("""
                            INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task,
                                artifact_key, number, memory_mebibytes, created_at)
                            VALUES (?, ?, 'demo', 'curate-videos', 1, ?, 'CURATE_VIDEO', ?, 1, 100, now())""")
                    .params(token, index, "video-" + index, "%064x".formatted(index))
                    .update();
        }
        assertThat(logs("--follow").attempts(jdbc, "demo"))
                .hasSize(300)
                .extracting(LogsCommand.Attempt::label)
                .contains("curate-videos/video-0", "curate-videos/video-299");
        assertThat(logs().attempts(jdbc, "demo")).hasSize(16);
        assertThat(logs("--follow", "--step", "other").attempts(jdbc, "demo")).isEmpty();
    }

    private static LogsCommand logs(String... arguments) {
        LogsCommand command = new LogsCommand();
        new CommandLine(command).parseArgs(arguments);
        return command;
    }
}
