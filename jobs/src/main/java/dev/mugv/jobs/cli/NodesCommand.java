package dev.mugv.jobs.cli;

import dev.mugv.steps.work.NodeLedger;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mugv nodes}. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists nodes of the cluster that failed work of any run of the database, with the evidence.",
            "",
            "A node that failed twice within slurm.node-exclusion is left out of what is submitted, for as long after its"
                    + " last failure. At most half of the nodes that a step may use are left out."
        },
        footer = {"", "Examples:", "  mugv nodes", "  mugv nodes --readmit n17    after it was mended"})
final class NodesCommand extends RunQuestion<NodesCommand.Answer> {
    @Option(
            names = "--readmit",
            paramLabel = "NODE",
            description = "Let the failures that this node has had count no more.")
    private @Nullable String readmit;

    /** Nodes with failures that count, and what happened there. */
    record Answer(List<NodeLedger.Node> nodes, List<NodeLedger.Failure> failures, String readmitted) {}

    @Override
    Answer answer(SelectedRun run) {
        Duration exclusion = run.configuration().slurm().nodeExclusion();
        return new RunView(run).ask(jdbc -> {
            NodeLedger ledger = new NodeLedger(jdbc);
            Instant now = Instant.now();
            String word = "";
            if (readmit != null) {
                word = ledger.readmit(readmit, now) > 0
                        ? "Node '%s' is readmitted.".formatted(readmit)
                        : "Node '%s' has no failures on record; nothing was changed.".formatted(readmit);
            }
            return new Answer(ledger.nodes(exclusion, now), ledger.failures(exclusion, now), word);
        });
    }

    @Override
    void print(Answer answer, PrintWriter out) {
        if (!answer.readmitted().isEmpty()) {
            out.println(answer.readmitted());
        }
        if (answer.nodes().isEmpty()) {
            out.println("No node has failures that count.");
        }
        for (NodeLedger.Node node : answer.nodes()) {
            out.println("%-16s %d failure%s, %s (%s)"
                    .formatted(
                            node.node(),
                            node.failures(),
                            node.failures() == 1 ? "" : "s",
                            node.excludedUntil().isEmpty() ? "in use" : "excluded until " + node.excludedUntil(),
                            node.place()));
            for (NodeLedger.Failure failure : answer.failures()) {
                if (failure.node().equals(node.node())) {
                    out.println("  %s %s %s %s '%s': %s"
                            .formatted(
                                    failure.failedAt().truncatedTo(ChronoUnit.SECONDS),
                                    failure.kind(),
                                    failure.run(),
                                    failure.step(),
                                    failure.label(),
                                    failure.detail()));
                }
            }
        }
    }
}
