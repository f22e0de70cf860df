package dev.mugv.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.work.WorkListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.job.Job;

class StageNamesTest {
    /** Steps of the controller itself: nothing is submitted for them. */
    private static final Set<String> LIGHT = Set.of(
            "scan-videos",
            "judge-filters",
            "filter-clips",
            "review-clips",
            "balance-clips",
            "label-preferences",
            "write-report");

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path folder;

    @Test
    void theStepsOfWorkAreThoseOfTheJobs() throws IOException {
        PipelineConfiguration configuration = ConfigurationFile.read(
                        Path.of("../ops/demo/demo.yaml"), PathCheck.SKIPPED)
                .withWorkspace(folder.resolve("workspace"));
        Files.createDirectories(folder.resolve("worker/lib"));
        Set<String> found = new TreeSet<>();
        try (ControllerApplication application = ControllerApplication.open(
                configuration, postgres.address(), new Distribution(folder), WorkListener.silent())) {
            for (Job job : List.copyOf(application.jobs().values())) {
                found.addAll(((AbstractJob) job).getStepNames());
            }
        }
        found.removeAll(LIGHT);
        assertThat(new TreeSet<>(StageNames.workSteps(configuration))).isEqualTo(found);
    }
}
