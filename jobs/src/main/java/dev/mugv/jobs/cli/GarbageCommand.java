package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.RunLock;
import dev.mugv.steps.database.DatabaseAddress;
import dev.mugv.steps.retention.ArtifactRemoval;
import dev.mugv.steps.retention.RetentionPlan;
import dev.mugv.steps.retention.StoredArtifact;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mugv gc}. */
@Command(
        name = "gc",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Removes published artifacts that nothing needs any more.",
            "",
            "What the stages of any run consist of now, what was exported, what is pinned and what is in work stays, with"
                    + " everything that it was made from. What is removed leaves its row and its hash in the ledger, and an event in"
                    + " the audit log."
        },
        footer = {
            "",
            "Examples:",
            "  mugv gc --dry-run                what would go, what stays and why",
            "  mugv gc --older-than 30d"
        })
final class GarbageCommand extends RunQuestion<GarbageCommand.Removal> {
    @Option(names = "--dry-run", description = "Only say what would be removed.")
    private boolean dryRun;

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            defaultValue = "7d",
            converter = Moment.Converter.class,
            description = "Only what was published longer ago. Default: ${DEFAULT-VALUE}.")
    private Moment olderThan = new Moment(Instant.EPOCH);

    /** An artifact that goes. */
    record Line(String task, String key, String manifestSha256, long bytes, Instant publishedAt) {}

    /**
     * What was done, or would be.
     *
     * @param state REMOVED, DRY_RUN, or ALREADY_RUNNING where a controller is at work and nothing was done
     * @param kept how many artifacts stay, by reason
     */
    record Removal(String state, List<Line> artifacts, long bytes, SortedMap<String, Integer> kept) {}

    @Override
    Removal answer(SelectedRun run) {
        ControllerLog.silent();
        DatabaseAddress database = new RunDatabase(run, System.getenv()).openForWork();
        LedgerAccess ledger = LedgerAccess.of(database.dataSource());
        if (dryRun) {
            return removal("DRY_RUN", plan(ledger, run));
        }
        // A controller may be about to use what its configuration has only just begun to name again.
        Optional<RunLock> acquired = RunLock.tryAcquire(database, run.identity());
        if (acquired.isEmpty()) {
            return new Removal("ALREADY_RUNNING", List.of(), 0, new TreeMap<>());
        }
        try (RunLock lock = acquired.get()) {
            RetentionPlan plan = plan(ledger, run);
            Path workspace = run.identity().workspace();
            ArtifactRemoval removal =
                    new ArtifactRemoval(ledger.jdbc(), ledger.transactions(), ledger.log(), workspace);
            for (StoredArtifact artifact : plan.removable()) {
                if (!lock.isHeld()) {
                    throw new IllegalStateException("the run's lock was lost while artifacts were removed");
                }
                removal.remove(run.identity().name(), artifact);
            }
            return removal("REMOVED", plan);
        }
    }

    private RetentionPlan plan(LedgerAccess ledger, SelectedRun run) {
        Instant now = Clock.systemUTC().instant();
        Instant notAfter = olderThan.instant().isAfter(now) ? now : olderThan.instant();
        return RetentionPlan.of(ledger.jdbc(), run.identity().workspace(), notAfter);
    }

    private static Removal removal(String state, RetentionPlan plan) {
        SortedMap<String, Integer> kept = new TreeMap<>();
        plan.kept().values().forEach(reason -> kept.merge(reason.name(), 1, Integer::sum));
        if (!plan.young().isEmpty()) {
            kept.put("YOUNG", plan.young().size());
        }
        List<Line> lines = plan.removable().stream()
                .map(artifact -> new Line(
                        artifact.ref().task().label(),
                        artifact.ref().key(),
                        artifact.ref().manifestSha256(),
                        artifact.bytes(),
                        artifact.publishedAt()))
                .toList();
        return new Removal(state, lines, plan.bytes(), kept);
    }

    @Override
    void print(Removal removal, PrintWriter out) {
        if (removal.state().equals("ALREADY_RUNNING")) {
            out.println(
                    "Cannot remove artifacts: a controller is at work on this run. Stop it with 'mugv stop', or wait.");
            return;
        }
        for (Line line : removal.artifacts()) {
            out.println("%-22s %s  %10.1f MiB  %s"
                    .formatted(line.task(), line.key().substring(0, 16), line.bytes() / 1048576.0, line.publishedAt()));
        }
        String verb = removal.state().equals("REMOVED") ? "removed" : "would be removed";
        out.println(
                "%d artifacts %s, %.1f MiB.".formatted(removal.artifacts().size(), verb, removal.bytes() / 1048576.0));
        removal.kept()
                .forEach((reason, count) -> out.println("  %6d stay: %s"
                        .formatted(
                                count,
                                explain(
                                        Map.of(
                                                "CURRENT", "stages consist of them",
                                                "PINNED", "pinned",
                                                "EXPORTED", "exported",
                                                "IN_WORK", "open attempts make or read them",
                                                "ANCESTOR", "something that stays was made from them",
                                                "YOUNG", "published too short a time ago"),
                                        reason))));
    }

    private static String explain(Map<String, String> words, String reason) {
        return words.getOrDefault(reason, reason.toLowerCase(Locale.ROOT));
    }

    @Override
    ExitCode exitCode(Removal removal) {
        return removal.state().equals("ALREADY_RUNNING") ? ExitCode.ALREADY_RUNNING : ExitCode.COMPLETED;
    }
}
