package dev.mugv.jobs.cli;

import dev.mugv.jobs.query.CheckpointQuery;
import dev.mugv.jobs.query.CheckpointQuery.Checkpoint;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mugv checkpoints}. */
@Command(
        name = "checkpoints",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists the models that a run's stages have published, with their losses and hashes.",
        subcommands = {VerifyCheckpointsCommand.class},
        footer = {
            "",
            "Examples:",
            "  mugv checkpoints",
            "  mugv checkpoints --final --json    the model at the end of the line, with its SHA-256",
            "  mugv checkpoints verify --all      read all files again and hold them against the ledger"
        })
final class CheckpointsCommand extends RunQuestion<List<Checkpoint>> {
    @Option(names = "--final", description = "Only what no other checkpoint was made from.")
    private boolean lastOnly;

    @Override
    List<Checkpoint> answer(SelectedRun run) {
        return new RunView(run).ask(jdbc -> {
            CheckpointQuery query = new CheckpointQuery(jdbc, run.identity());
            return lastOnly ? query.last() : query.all();
        });
    }

    @Override
    void print(List<Checkpoint> checkpoints, PrintWriter out) {
        out.println("%-20s %-18s %6s %8s %12s %16s  %s"
                .formatted("stage", "made by", "width", "updates", "parameters", "validation loss", "sha256"));
        for (Checkpoint checkpoint : checkpoints) {
            out.println("%-20s %-18s %6d %8d %12d %16s  %s"
                    .formatted(
                            checkpoint.stage(),
                            checkpoint.task(),
                            checkpoint.width(),
                            checkpoint.updates(),
                            checkpoint.parameters(),
                            losses(checkpoint),
                            checkpoint.sha256().substring(0, 16)));
        }
        out.println();
        out.println(checkpoints.isEmpty() ? "No checkpoint yet." : "Folders: --json");
    }

    private static String losses(Checkpoint checkpoint) {
        Double first = checkpoint.figures().get("first-validation-loss");
        Double last = checkpoint.figures().get("last-validation-loss");
        return first == null || last == null ? "" : String.format(Locale.ROOT, "%.4f > %.4f", first, last);
    }
}
