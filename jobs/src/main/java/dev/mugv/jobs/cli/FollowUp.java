package dev.mugv.jobs.cli;

import dev.mugv.model.config.DatabaseConfiguration;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.script.ShellText;
import dev.mugv.steps.work.FollowUpLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A Slurm job that gives {@code mugv advance --follow-up} when others have ended. It is a controller on a node, so the database must be a
 * server that nodes reach; it asks for the password where the run does, and holds none. It is handed over by the protocol
 * of all submissions: on the record before sbatch is called, known by its token, and never a second one while a first may be there.
 */
final class FollowUp {
    /** By which a follow-up knows its own entry. */
    static final String TOKEN_VARIABLE = "MUGV_FOLLOW_UP";

    private static final String NAME = "mugv-follow-up-";
    private static final int USUAL_PORT = 5432;

    /** How long a job that sbatch gave no clear answer to may take to show. */
    private static final Duration QUARANTINE = Duration.ofSeconds(100);

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
        if (run.configuration().slurm().storage().isPresent()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot submit follow-up jobs: expected a workspace that nodes share with this machine, found 'slurm.ssh.storage'. Use 'mugv submit --every' on this machine.");
        }
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

    /**
     * Submits it, to begin when all these have ended, unless one is there already or may be; what to tell the user.
     *
     * @param own token of the follow-up that gives this command; empty where a person or cron does
     */
    String submit(SlurmClient client, FollowUpLedger ledger, List<String> after, Optional<String> own, Instant now) {
        Optional<FollowUpLedger.Entry> open = ledger.open(run.identity().name());
        if (open.isPresent() && !own.equals(Optional.of(open.get().token()))) {
            Optional<String> stands = whatStands(client, ledger, open.get(), now);
            if (stands.isPresent()) {
                return stands.get();
            }
        }
        open.ifPresent(entry -> ledger.over(entry.token(), now));
        String token = UUID.randomUUID().toString().replace("-", "");
        Path folder = run.identity().workspace().resolve("follow-up");
        Path script = folder.resolve(token + ".sbatch");
        try {
            Files.createDirectories(folder);
            DurableFile.write(script, text(after, folder, token).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ledger.tries(token, run.identity().name(), job, after, now);
        return note(client.submit(script), ledger, token, after, now);
    }

    /** What there is to say of an earlier one that hinders another; empty when it is over. */
    private static Optional<String> whatStands(
            SlurmClient client, FollowUpLedger ledger, FollowUpLedger.Entry entry, Instant now) {
        Answer<List<QueueRow>> queue = client.queue();
        if (queue instanceof Answer.NoAnswer<List<QueueRow>> noAnswer) {
            return Optional.of("No further follow-up: Slurm does not say whether the last one is there ("
                    + noAnswer.reason() + "). The next 'mugv advance' looks again.");
        }
        List<QueueRow> rows = queue instanceof Answer.Answered<List<QueueRow>> answered ? answered.value() : List.of();
        Optional<QueueRow> alive = rows.stream()
                .filter(row -> row.name().equals(NAME + entry.token()))
                .filter(row -> row.state().isEmpty() || row.state().get().phase() != JobState.Phase.OVER)
                .findFirst();
        if (alive.isPresent()) {
            ledger.submitted(entry.token(), alive.get().arrayJob());
            return Optional.of(
                    "Follow-up: Slurm job " + alive.get().arrayJob() + " is there already and advances the run.");
        }
        boolean mayStillShow =
                entry.externalId().isEmpty() && now.isBefore(entry.triedAt().plus(QUARANTINE));
        return mayStillShow
                ? Optional.of(
                        "No further follow-up: sbatch gave no clear answer to the last one, which may still show. The next 'mugv advance' looks again.")
                : Optional.empty();
    }

    private static String note(
            SubmissionOutcome outcome, FollowUpLedger ledger, String token, List<String> after, Instant now) {
        if (outcome instanceof SubmissionOutcome.Accepted accepted) {
            ledger.submitted(token, accepted.externalId());
            return "Follow-up: Slurm job " + accepted.externalId() + " advances the run when "
                    + String.join(", ", after) + (after.size() == 1 ? " has ended." : " have ended.");
        }
        if (outcome instanceof SubmissionOutcome.Rejected rejected) {
            ledger.rejected(token, rejected.reason(), now);
            return "No follow-up: Slurm refused it (" + rejected.reason()
                    + "). Give 'mugv advance' yourself, or see 'mugv submit'.";
        }
        String reason = outcome instanceof SubmissionOutcome.Unrecognised unrecognised
                ? unrecognised.reason()
                : ((SubmissionOutcome.Unknown) outcome).reason();
        ledger.unknown(token, reason);
        return "The follow-up may be there or not: " + reason
                + ". The next 'mugv advance' looks for it before it submits another.";
    }

    /** The batch script, everything quoted. */
    String text(List<String> after, Path folder, String token) {
        List<String> lines = new ArrayList<>(List.of(
                "#!/bin/bash",
                "#SBATCH --job-name=" + NAME + token,
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
        lines.add("export " + TOKEN_VARIABLE + "=" + token);
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
