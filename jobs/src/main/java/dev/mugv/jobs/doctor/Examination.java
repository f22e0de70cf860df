package dev.mugv.jobs.doctor;

import dev.mugv.jobs.batch.ClusterLink;
import dev.mugv.jobs.batch.Distribution;
import dev.mugv.model.config.ExecutorKind;
import dev.mugv.model.config.PipelineConfiguration;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks at everything that a run takes for granted; tells, and changes nothing but its own files. */
public final class Examination {
    private static final long LITTLE_SPACE = 10L << 30;
    private static final int POSTGRESQL = 5432;

    private final PipelineConfiguration configuration;
    private final Path workspace;
    private final Distribution distribution;
    private final Supplier<String> database;

    /**
     * @param workspace absolute
     * @param database tries the run's database and names its server; throws what hinders it
     */
    public Examination(
            PipelineConfiguration configuration, Path workspace, Distribution distribution, Supplier<String> database) {
        this.configuration = configuration;
        this.workspace = workspace;
        this.distribution = distribution;
        this.database = database;
    }

    /**
     * Looks.
     *
     * @param patience how long to wait for a job on a node; zero submits none
     */
    public List<Finding> findings(Duration patience) {
        List<Finding> all = new ArrayList<>();
        all.add(Finding.ok("Java here", System.getProperty("java.version") + " in " + System.getProperty("java.home")));
        all.add(workspace());
        all.addAll(new DeviceExamination(distribution).findings());
        all.add(database());
        if (configuration.executor() == ExecutorKind.SLURM) {
            try (ClusterLink link = ClusterLink.of(configuration.slurm())) {
                all.addAll(new ClusterExamination(configuration.slurm(), link.runner()).findings());
                boolean answers =
                        all.stream().noneMatch(finding -> finding.subject().equals("slurmctld"));
                if (answers && !patience.isZero()) {
                    all.addAll(new NodeProbe(
                                    configuration.slurm(),
                                    link.client(),
                                    workspace,
                                    distribution,
                                    link.storage(workspace))
                            .findings(server(), patience));
                }
            }
        } else {
            all.add(Finding.ok("executor", "local: work runs on this machine, no cluster is needed"));
        }
        return all;
    }

    private Finding workspace() {
        try {
            Files.createDirectories(workspace);
            Path probe = Files.createTempFile(workspace, "doctor", ".probe");
            Files.delete(probe);
            long free = Files.getFileStore(workspace).getUsableSpace();
            String fact = "'" + workspace + "' is writable, " + (free >> 30) + " GiB free";
            return free >= LITTLE_SPACE
                    ? Finding.ok("workspace", fact)
                    : Finding.warning("workspace", fact, "Make room: latents and checkpoints need more.");
        } catch (IOException e) {
            return Finding.failed("workspace", "'" + workspace + "': " + e, "Correct 'workspace' or its permissions.");
        }
    }

    private Finding database() {
        try {
            return Finding.ok("database", database.get() + " answers");
        } catch (RuntimeException e) {
            return Finding.failed("database", String.valueOf(e.getMessage()), "Start it, or correct database.");
        }
    }

    private Optional<NodeProbe.Server> server() {
        return configuration.database().url().flatMap(url -> {
            try {
                URI uri = URI.create(url.substring("jdbc:".length()));
                return Optional.ofNullable(uri.getHost())
                        .map(host -> new NodeProbe.Server(host, uri.getPort() < 0 ? POSTGRESQL : uri.getPort()));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }
}
