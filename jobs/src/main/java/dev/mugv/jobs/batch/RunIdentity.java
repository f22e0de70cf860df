package dev.mugv.jobs.batch;

import dev.mugv.model.config.PipelineConfiguration;
import java.nio.file.Path;

/**
 * What makes two commands mean the same run.
 *
 * @param name name of the run
 * @param workspace absolute, normalised
 */
public record RunIdentity(String name, Path workspace) {
    public RunIdentity {
        workspace = workspace.toAbsolutePath().normalize();
    }

    public static RunIdentity of(PipelineConfiguration configuration) {
        return new RunIdentity(configuration.name(), configuration.workspace());
    }

    /** Text that names the run in locks and messages. */
    @Override
    public String toString() {
        return name + " in " + workspace;
    }
}
