package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

class AttemptQueryTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final String TOKEN = "5e08b29d32ffb4e34bb1f8a14c27be48";
    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
    private final AttemptQuery query = new AttemptQuery(jdbc, "demo");

    @BeforeEach
    void fillLedger() {
        jdbc.sql("DELETE FROM attempt").update();
        jdbc.sql("DELETE FROM submission").update();
        jdbc.sql("""
                        INSERT INTO submission (token, run_name, step_name, state, elements, parallel, external_id, prepared_at,
                            tried_at, submitted_at)
                        VALUES (?, 'demo', 'curate-videos', 'SUBMITTED', 2, 2, '1234', now(), now(), now())""").param(TOKEN).update();
        insert(0, "a.mp4", 1);
        insert(1, "b's 100%.mp4", 1);
    }

    @Test
    void anAttemptIsFoundByEveryNameThatAPersonHasForIt() {
        for (String name : new String[] {
            "1234_1", TOKEN + "/1", "mugv-" + TOKEN + "/1", "5e08b29d/1", "b's 100%.mp4", "curate-videos/b's 100%.mp4"
        }) {
            assertThat(query.named(name))
                    .as(name)
                    .singleElement()
                    .satisfies(row -> assertThat(row.element().index()).isEqualTo(1))
                    .satisfies(row -> assertThat(row.job()).contains("1234_1"));
        }
        assertThat(query.named("1234")).hasSize(2);
        assertThat(query.named("5e08b29d")).hasSize(2);
    }

    @Test
    void whatNobodyKnowsIsSaid() {
        assertThatThrownBy(() -> query.named("77_1"))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot find job '77_1'");
        assertThatThrownBy(() -> new AttemptQuery(jdbc, "other").named("1234_1"))
                .isInstanceOf(WorkFailure.class);
    }

    private void insert(int index, String label, int number) {
        jdbc.sql("""
                        INSERT INTO attempt (token, logical_index, run_name, step_name, job_execution_id, label, task, artifact_key,
                            number, memory_mebibytes, created_at)
                        VALUES (?, ?, 'demo', 'curate-videos', 1, ?, 'CURATE_VIDEO', ?, ?, 100, now())""")
                .params(TOKEN, index, label, Integer.toString(index).repeat(64), number)
                .update();
    }
}
