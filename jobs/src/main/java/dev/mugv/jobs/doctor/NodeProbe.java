package dev.mugv.jobs.doctor;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.model.config.ClusterStorage;
import dev.mugv.model.config.SlurmExecution;
import dev.mugv.model.run.Sha256;
import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.PendingReason;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.client.SlurmClient;
import dev.mugv.slurm.executor.NodeStorage;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.script.ShellText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A job of a moment that looks at what workers will find on a node, and writes it where this machine can read it. */
final class NodeProbe {
    private static final Duration LOOK = Duration.ofMillis(300);

    private final SlurmExecution slurm;
    private final SlurmClient client;
    private final Path workspace;
    private final Distribution distribution;
    private final NodeStorage storage;

    NodeProbe(
            SlurmExecution slurm, SlurmClient client, Path workspace, Distribution distribution, NodeStorage storage) {
        this.storage = storage;
        this.slurm = slurm;
        this.client = client;
        this.workspace = workspace;
        this.distribution = distribution;
    }

    /**
     * Looks.
     *
     * @param server host and port of the database, to be reached from the node; empty where none is needed
     * @param patience how long to wait for the job
     */
    List<Finding> findings(Optional<Server> server, Duration patience) {
        String mark = UUID.randomUUID().toString();
        Path folder = workspace.resolve("doctor");
        Path script = folder.resolve(mark + ".sbatch");
        Path answer = folder.resolve(mark + ".answer");
        try {
            Files.createDirectories(folder);
            Path seen = Files.writeString(folder.resolve(mark + ".seen"), mark);
            Files.writeString(script, text(storage.seenByNodes(folder), mark, server));
            storage.send(List.of(content(seen), content(script)));
            return submitted(client.submit(storage.seenByNodes(script)), answer, server, patience);
        } catch (IOException e) {
            return List.of(
                    storage.isShared()
                            ? Finding.failed("workspace", "cannot be written: " + e, "Correct 'workspace'.")
                            : Finding.failed(
                                    "files over SFTP",
                                    String.valueOf(e.getMessage()),
                                    "Correct 'slurm.ssh.storage': its workspace must be writable there."));
        }
    }

    private static NodeStorage.Content content(Path file) {
        return new NodeStorage.Content(file, file, Sha256.ofFile(file));
    }

    /** Java as nodes call it. */
    private String java() {
        return slurm.storage()
                .map(ClusterStorage::java)
                .orElseGet(() -> Distribution.java().toString());
    }

    /** A host and its port. */
    record Server(String host, int port) {}

    private List<Finding> submitted(SubmissionOutcome outcome, Path answer, Optional<Server> server, Duration patience)
            throws IOException {
        if (outcome instanceof SubmissionOutcome.Rejected rejected) {
            return List.of(Finding.failed(
                    "a job on a node", "Slurm refused it: " + rejected.reason(), "Correct what slurm asks for."));
        }
        if (!(outcome instanceof SubmissionOutcome.Accepted accepted)) {
            return List.of(Finding.failed(
                    "a job on a node",
                    "sbatch gave no clear answer: " + ((SubmissionOutcome.Unknown) outcome).reason(),
                    "Try again when Slurm answers."));
        }
        Instant begun = Instant.now();
        while (!storage.fetch(answer, answer) && Instant.now().isBefore(begun.plus(patience))) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }
        if (!Files.exists(answer)) {
            return List.of(silent(accepted.externalId(), patience));
        }
        return read(answer, server);
    }

    private Finding silent(String job, Duration patience) {
        Optional<QueueRow> row = client.queue() instanceof Answer.Answered<List<QueueRow>> answered
                ? answered.value().stream()
                        .filter(each ->
                                each.arrayJob().equals(job) || each.job().equals(job))
                        .findFirst()
                : Optional.empty();
        boolean waits = row.filter(each -> each.stateWord().equals("PENDING")).isPresent();
        if (waits) {
            client.cancel(List.of(job));
            PendingReason reason = PendingReason.of(row.orElseThrow().reason());
            return Finding.warning(
                    "a job on a node",
                    "not begun after " + patience.toSeconds() + " s: " + reason.meaning() + " (" + reason.code() + ")",
                    "Try again with a longer --wait. " + reason.action().replace("JOB", job));
        }
        return Finding.failed(
                "shared storage",
                "job " + job + (row.isPresent() ? " is " + row.get().stateWord() : " is over")
                        + ", and what it wrote in the workspace is not seen here",
                storage.isShared()
                        ? "The workspace must be on storage that this machine and all nodes share, under the same path, and writable."
                        : "The workspace of 'slurm.ssh.storage' must be on storage that the login node and all nodes share, and writable.");
    }

    private List<Finding> read(Path answer, Optional<Server> server) throws IOException {
        Map<String, String> facts = new HashMap<>();
        for (String line : Files.readAllLines(answer)) {
            int at = line.indexOf('=');
            if (at > 0) {
                facts.put(line.substring(0, at), line.substring(at + 1));
            }
        }
        String node = facts.getOrDefault("host", "?");
        List<Finding> all = new ArrayList<>();
        all.add(
                facts.getOrDefault("seen", "").equals("yes")
                        ? Finding.ok("shared storage", "the workspace is seen and written from " + node)
                        : Finding.failed(
                                "shared storage",
                                node + " does not see what this machine wrote in '" + storage.seenByNodes(workspace)
                                        + "'",
                                storage.isShared()
                                        ? "The workspace must be on storage that this machine and all nodes share, under the same path."
                                        : "The workspace of 'slurm.ssh.storage' must be on storage that the login node and all nodes share."));
        all.add(
                facts.getOrDefault("java", "").isEmpty()
                        ? Finding.failed(
                                "Java on nodes",
                                "'" + java() + "' does not start on " + node,
                                storage.isShared()
                                        ? "Install the same Java under the same path on nodes, or start mugv with one on shared storage (JAVA_HOME)."
                                        : "Name the Java of the nodes in 'slurm.ssh.storage.java'.")
                        : Finding.ok("Java on nodes", facts.get("java") + " on " + node));
        all.add(
                !storage.isShared()
                        ? Finding.ok(
                                "the product on nodes", "is sent to '" + storage.seenByNodes(workspace) + "/programs'")
                        : facts.getOrDefault("workers", "").equals("yes")
                                ? Finding.ok("the product on nodes", "seen from " + node)
                                : Finding.failed(
                                        "the product on nodes",
                                        node + " does not see '" + distribution.folder() + "'",
                                        "Put the product on storage that nodes share, under the same path."));
        all.add(ClusterExamination.clocks(
                "clock of nodes",
                Instant.ofEpochSecond(Long.parseLong(facts.getOrDefault("at", "0"))),
                Files.getLastModifiedTime(answer).toInstant()));
        if (server.isPresent()) {
            all.add(
                    facts.getOrDefault("database", "").equals("yes")
                            ? Finding.ok("database from nodes", "reached from " + node)
                            : Finding.warning(
                                    "database from nodes",
                                    "%s:%d is not reached from %s"
                                            .formatted(
                                                    server.get().host(),
                                                    server.get().port(),
                                                    node),
                                    "Workers need no database; 'mugv advance --follow-up' and scrontab do."));
        }
        return all;
    }

    /** Everything that comes from a configuration is quoted. */
    private String text(Path folder, String mark, Optional<Server> server) {
        List<String> lines = new ArrayList<>(List.of(
                "#!/bin/bash",
                "#SBATCH --job-name=mugv-doctor",
                "#SBATCH --nodes=1",
                "#SBATCH --ntasks=1",
                "#SBATCH --mem=512M",
                "#SBATCH --time=0-00:05:00",
                "#SBATCH --no-requeue",
                "#SBATCH --chdir=/",
                "#SBATCH --output=/dev/null",
                "#SBATCH --export=NONE"));
        slurm.request("doctor").options().forEach(option -> lines.add("#SBATCH " + option));
        lines.add("folder=" + ShellText.quote(folder.toString()));
        lines.add("mark=" + mark);
        lines.add("pending=\"$folder/$mark.pending\"");
        lines.add("{");
        lines.add("  printf 'host=%s\\nat=%(%s)T\\n' \"$HOSTNAME\" -1");
        lines.add("  [ \"$(cat \"$folder/$mark.seen\" 2>/dev/null)\" = \"$mark\" ] && echo seen=yes");
        lines.add("  echo \"java=$(" + ShellText.quote(java())
                + " -XX:-UsePerfData -Xmx64m -version 2>&1 | grep -m 1 -i version)\"");
        lines.add("  [ -d "
                + ShellText.quote(
                        distribution.folder().resolve("worker").resolve("lib").toString()) + " ] && echo workers=yes");
        server.ifPresent(
                place -> lines.add("  (exec 3<>" + ShellText.quote("/dev/tcp/" + place.host() + "/" + place.port())
                        + ") 2>/dev/null && echo database=yes"));
        lines.add("} >\"$pending\"");
        lines.add("mv \"$pending\" \"$folder/$mark.answer\"");
        return String.join("\n", lines) + "\n";
    }
}
