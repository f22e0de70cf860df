package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.model.config.PipelineConfiguration;
import java.nio.file.Path;

/**
 * The run that a command is about.
 *
 * @param file its configuration file, absolute
 * @param configuration what the file says, in the workspace meant
 */
record SelectedRun(Path file, PipelineConfiguration configuration) {
    RunIdentity identity() {
        return RunIdentity.of(configuration);
    }
}
