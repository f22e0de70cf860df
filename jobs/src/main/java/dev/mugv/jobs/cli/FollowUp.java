package dev.mugv.jobs.cli;

import dev.mugv.model.config.DatabaseConfiguration;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.script.ShellText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A Slurm job that gives {@code mugv advance --follow-up} when others have ended. It is a controller on a node, so the database must be a
 * server that nodes reach; it asks for the password where the run does, and holds none. A second one of the same run finds the lock held
 * and leaves.
 */
final class FollowUp {
    private static final int USUAL_PORT = 5432;

    private final SelectedRun run;
    private final String job;

    FollowUp(SelectedRun run, String job) {
        this.run = run;
        this.job = job;
    }

    /**
     * Refuses follow-ups of a run whose database nodes cannot reach.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST}
     */
    static void requireReach(SelectedRun run) {
        DatabaseConfiguration database = run.configuration().database();
        Optional<Server> server = database.url().flatMap(Server::of);
        if (server.isEmpty() || server.get().isOnlyHere()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot submit follow-up jobs: expected 'database.url' of a server that nodes reach, found %s. Name one, or use 'mugv submit --every' on this machine."
                            .formatted(database.url()
                                    .map(url -> "'" + url + "'")
                                    .orElse("the embedded server of this machine")));
        }
        requirePasswordFile(database);
    }

    /** Slurm keeps a job's environment where administrators read it: a password has no place there. */
    private static void requirePasswordFile(DatabaseConfiguration database) {
        String variable = System.getenv().getOrDefault(database.passwordVariable(), "");
        if (database.passwordFile().isEmpty() && !variable.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot submit follow-up jobs: expected 'database.password-file' on shared storage, found the password in %s, which no job is given. Write it to a file of mode 600."
                            .formatted(database.passwordVariable()));
        }
    }

    /** Submits it, to begin when all these have ended; what to tell the user. */
    String submit(SlurmClient client, List<String> after) {
        Path folder = run.identity().workspace().resolve("follow-up");
        Path script = folder.resolve(UUID.randomUUID() + ".sbatch");
        try {
            Files.createDirectories(folder);
            Files.writeString(script, text(after, folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SubmissionOutcome outcome = client.submit(script);
        if (outcome instanceof SubmissionOutcome.Accepted accepted) {
            return "Follow-up: Slurm job " + accepted.externalId() + " advances the run when "
                    + String.join(", ", after) + (after.size() == 1 ? " has ended." : " have ended.");
        }
        return outcome instanceof SubmissionOutcome.Rejected rejected
                ? "No follow-up: Slurm refused it (" + rejected.reason()
                        + "). Give 'mugv advance' yourself, or see 'mugv submit'."
                : "The follow-up may be there or not: " + ((SubmissionOutcome.Unknown) outcome).reason()
                        + ". Two of them do no harm.";
    }

    /** The batch script, everything quoted. */
    String text(List<String> after, Path folder) {
        List<String> lines = new ArrayList<>(List.of(
                "#!/bin/bash",
                "#SBATCH --job-name=mugv-follow-up",
                "#SBATCH --nodes=1",
                "#SBATCH --ntasks=1",
                "#SBATCH --cpus-per-task=1",
                "#SBATCH --mem=1024M",
                "#SBATCH --time=0-00:30:00",
                "#SBATCH --no-requeue",
                "#SBATCH --export=NONE",
                "#SBATCH --chdir=/",
                "#SBATCH --output=/dev/null"));
        run.configuration().slurm().request("follow-up").options().forEach(option -> lines.add("#SBATCH " + option));
        List<String> ids = after.stream().filter(id -> id.matches("\\d+")).toList();
        if (!ids.isEmpty()) {
            // afterany counts what Slurm has forgotten as over: the advance then comes at once, and does what there is
            // to do.
            lines.add("#SBATCH --dependency=afterany:" + String.join(":", ids));
        }
        lines.add("umask 027");
        for (String variable : List.of("PATH", "JAVA_HOME", "SLURM_CONF", "HOME")) {
            String value = System.getenv().getOrDefault(variable, "");
            if (!value.isEmpty()) {
                lines.add("export " + variable + "=" + ShellText.quote(value));
            }
        }
        lines.add("exec >>" + ShellText.quote(folder.resolve("follow-up.log").toString()) + " 2>&1 </dev/null");
        lines.add("exec " + ShellText.quote(AdvanceCall.command(run, job, List.of("--follow-up"))));
        return String.join("\n", lines) + "\n";
    }

    /**
     * A server of a JDBC URL.
     *
     * @param host name or address
     */
    record Server(String host, int port) {
        static Optional<Server> of(String url) {
            try {
                URI uri = URI.create(url.substring("jdbc:".length()));
                return Optional.ofNullable(uri.getHost())
                        .map(host -> new Server(host, uri.getPort() < 0 ? USUAL_PORT : uri.getPort()));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        boolean isOnlyHere() {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        }
    }
}
