package dev.mugv.slurm.cluster;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.LocalCommandRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The development cluster that {@code ops/dev-cluster/dev-cluster} has brought up, and its faults. A test class has it to itself: tests run in
 * several processes, and one that stops a controller or takes a node's power would do so to the others.
 */
public final class DevCluster implements ExecutionCondition, BeforeAllCallback {
    private static final String FOLDER = "MUGV_DEV_CLUSTER_FOLDER";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return System.getenv(FOLDER) == null
                ? ConditionEvaluationResult.disabled("No development cluster: " + FOLDER
                        + " is not set. Bring one up with ops/dev-cluster/dev-cluster up, then eval its env.")
                : ConditionEvaluationResult.enabled("there is a development cluster");
    }

    /** Returns when no class of another process has the cluster; it is given back after the class. */
    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        FileChannel channel = FileChannel.open(
                Path.of(System.getenv(FOLDER)).resolve("tests.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        channel.lock();
        context.getStore(ExtensionContext.Namespace.create(DevCluster.class)).put(FOLDER, new Turn(channel));
    }

    /** Closed by JUnit at the end of the class, which ends the lock. */
    private record Turn(FileChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
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
