package dev.mugv.slurm.cluster;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.LocalCommandRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The development cluster that {@code ops/dev-cluster/dev-cluster} has brought up, and its faults. */
public final class DevCluster implements ExecutionCondition {
    private static final String FOLDER = "MUGV_DEV_CLUSTER_FOLDER";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return System.getenv(FOLDER) == null
                ? ConditionEvaluationResult.disabled("No development cluster: " + FOLDER
                        + " is not set. Bring one up with ops/dev-cluster/dev-cluster up, then eval its env.")
                : ConditionEvaluationResult.enabled("there is a development cluster");
    }

    /** Does something to the cluster, for example {@code freeze slurmctld}. */
    static void control(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of("../ops/dev-cluster/dev-cluster")
                        .toAbsolutePath()
                        .normalize()
                        .toString(),
                "--folder",
                System.getenv(FOLDER)));
        command.addAll(List.of(words));
        finished(command);
    }

    /** Gives Slurm an order behind the executor's back. */
    static void slurm(String... command) {
        finished(List.of(command));
    }

    private static void finished(List<String> command) {
        CommandResult result = new LocalCommandRunner().run(command, Duration.ofSeconds(90));
        if (!(result instanceof CommandResult.Finished finished) || finished.exitCode() != 0) {
            throw new IllegalStateException(command + ": " + result);
        }
    }
}
