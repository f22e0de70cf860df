package dev.mugv.jobs.certify;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.LocalCommandRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The switches of {@code ops/dev-cluster}: what may be broken because it is nobody's. */
final class DevelopmentCluster {
    private static final String FOLDER = "MUGV_DEV_CLUSTER_FOLDER";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path program;
    private final String folder;

    private DevelopmentCluster(Path program, String folder) {
        this.program = program;
        this.folder = folder;
    }

    /** The cluster of this shell, if it is one. */
    static Optional<DevelopmentCluster> find(Map<String, String> environment, Path home) {
        Path program = home.resolve("ops").resolve("dev-cluster").resolve("dev-cluster");
        return Optional.ofNullable(environment.get(FOLDER))
                .filter(folder -> Files.isExecutable(program))
                .map(folder -> new DevelopmentCluster(program, folder));
    }

    void freezeController() {
        order("freeze", "slurmctld");
    }

    void thawController() {
        order("thaw", "slurmctld");
    }

    void stopAccounting() {
        order("stop", "slurmdbd");
    }

    void startAccounting() {
        order("start", "slurmdbd");
    }

    /** Every process of the node dies at once. */
    void powerOff(String node) {
        order("power-off", node.replaceFirst("^node", ""));
    }

    /** Whether the node came up again. */
    boolean boot(String node) {
        return run("boot", node.replaceFirst("^node", "")) instanceof CommandResult.Finished finished
                && finished.exitCode() == 0;
    }

    private void order(String... words) {
        CommandResult result = run(words);
        if (!(result instanceof CommandResult.Finished finished) || finished.exitCode() != 0) {
            throw new IllegalStateException("the development cluster did not do " + List.of(words) + ": " + result);
        }
    }

    private CommandResult run(String... words) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--folder", folder));
        command.addAll(List.of(words));
        return new LocalCommandRunner().run(command, LIMIT);
    }
}
