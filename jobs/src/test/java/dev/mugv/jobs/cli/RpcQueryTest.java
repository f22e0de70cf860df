package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.steps.database.PostgresFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

class RpcQueryTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @Test
    void anAdministratorSeesWhatWasRunAndTheBusiestMinute() {
        JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
        for (int i = 0; i < 5; i++) {
            call(jdbc, "squeue", 20 * 60 + i * 10, 40 + i, "ANSWERED");
        }
        call(jdbc, "squeue", 600, 10, "EMPTY");
        call(jdbc, "sacct", 601, 9000, "NO_ANSWER");
        call(jdbc, "sacct", 5 * 3600, 1, "ANSWERED");
        jdbc.sql("""
                        INSERT INTO slurm_round (place, controller, begun_at, ended_at, queue_answer, queue_content,
                            accounting_names, accounting_answer, accounting_content)
                        VALUES ('me@c/h', 'host:1', now(), now(), 'EMPTY', '', '{}', 'EMPTY', '')""").update();
        RpcQuery.Answer answer = new RpcQuery(jdbc, Duration.ofHours(1)).answer();
        assertThat(answer.tools()).extracting(RpcQuery.Tool::tool).containsExactly("squeue", "sacct");
        RpcQuery.Tool squeue = answer.tools().get(0);
        assertThat(squeue.calls()).isEqualTo(6);
        assertThat(squeue.busiestMinute()).isEqualTo(5);
        assertThat(squeue.empty()).isEqualTo(1);
        assertThat(squeue.failures()).isZero();
        assertThat(squeue.slowestMilliseconds()).isEqualTo(44);
        assertThat(answer.tools().get(1).failures()).isEqualTo(1);
        assertThat(answer.busiestMinutes().get(0).calls()).isEqualTo(5);
        assertThat(answer.leaders()).singleElement().satisfies(leader -> {
            assertThat(leader.controller()).isEqualTo("host:1");
            assertThat(leader.holdsTheLock()).isFalse();
        });
        assertThat(answer.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.tool()).isEqualTo("sacct"));
    }

    private static void call(JdbcClient jdbc, String tool, int secondsAgo, int milliseconds, String outcome) {
        jdbc.sql("""
                        INSERT INTO remote_call (place, controller, run_name, tool, begun_at, duration_ms, outcome, bytes)
                        VALUES ('local', 'host:1', 'r', ?, now() - make_interval(secs => ?), ?, ?, 10)""").params(tool, secondsAgo, milliseconds, outcome).update();
    }
}
