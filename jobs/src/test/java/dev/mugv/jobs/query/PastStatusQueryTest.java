package dev.mugv.jobs.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.batch.TestApplication;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.AuditQuery;
import dev.mugv.steps.database.PostgresFixture;
import java.sql.Connection;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.simple.JdbcClient;

class PastStatusQueryTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final JdbcClient jdbc = JdbcClient.create(postgres.dataSource());
    private final List<Instant> moments = new ArrayList<>();

    @Test
    void aRunIsShownAsItStoodAndItsStoryIsTold() throws Exception {
        Instant before = Instant.now();
        try (TestApplication application = new TestApplication(postgres.address(), "past")) {
            application.launch(application.job(
                    "pipeline",
                    application.step("curate-videos", (contribution, chunk) -> {
                        moments.add(Instant.now());
                        return RepeatStatus.FINISHED;
                    }),
                    application.step("train-vae", (contribution, chunk) -> {
                        moments.add(Instant.now());
                        throw new WorkFailure(FailureKind.DIVERGED, "Cannot go on: loss is NaN. Lower the rate.");
                    })));

            assertThat(status(application, before.minusSeconds(60)).state()).isEqualTo("NOT_STARTED");
            RunStatus during = status(application, moments.get(0));
            assertThat(during.state()).isEqualTo("RUNNING");
            assertThat(during.jobs().get(0).steps())
                    .extracting(RunStatus.StepStatus::step, RunStatus.StepStatus::status)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("curate-videos", "STARTED"));
            RunStatus later = status(application, moments.get(1));
            assertThat(later.jobs().get(0).steps())
                    .extracting(RunStatus.StepStatus::status)
                    .containsExactly("COMPLETED", "STARTED");
            RunStatus after = status(application, Instant.now());
            assertThat(after.state()).isEqualTo("FAILED");
            assertThat(after.jobs().get(0).steps().get(1).message()).contains("loss is NaN");

            List<String> story = new ArrayList<>();
            try (Connection connection = postgres.address().connect()) {
                AuditQuery.ofRun("past")
                        .read(connection, entry -> story.add(new EventStory(EventView.of(entry)).line()));
            }
            assertThat(story).hasSize(2);
            assertThat(story.get(0)).contains("job pipeline: ").contains(" at work on ");
            assertThat(story.get(1)).contains("job pipeline: failed: Cannot go on: loss is NaN. Lower the rate.");
        }
    }

    private RunStatus status(TestApplication application, Instant at) {
        return new PastStatusQuery(jdbc, application.run(), at, ZoneId.systemDefault()).status();
    }
}
