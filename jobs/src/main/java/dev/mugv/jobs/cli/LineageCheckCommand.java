package dev.mugv.jobs.cli;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.provenance.LineageCheck;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code mugv lineage check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Walks a run's workspace and the whole graph: every artifact, checkpoint, given file and label file is a node, no"
                    + " node stands alone, every model leads back to what was given."
        },
        footer = {"", "Examples:", "  mugv lineage check --workspace runs/demo"})
final class LineageCheckCommand extends RunQuestion<LineageCheck.Result> {
    private static final int NAMED = 20;

    @Override
    LineageCheck.Result answer(SelectedRun run) {
        LineageCheck.Result result = new RunView(run)
                .ask(jdbc -> new LineageCheck(jdbc, run.identity().workspace()).run());
        if (!result.faults().isEmpty()) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot vouch for the lineage of run '%s': %d of %d files and nodes are not as they should be:\n  %s\nGive 'mugv run' once, which records what it finds up to date."
                            .formatted(
                                    run.identity().name(),
                                    result.faults().size(),
                                    result.looked(),
                                    result.faults().stream().limit(NAMED).collect(Collectors.joining("\n  "))));
        }
        return result;
    }

    @Override
    void print(LineageCheck.Result result, PrintWriter out) {
        out.println("Everything is in the graph, and nothing stands alone: %,d files and nodes looked at."
                .formatted(result.looked()));
        out.println(result.byKind().entrySet().stream()
                .map(kind -> "%,d %s".formatted(kind.getValue(), kind.getKey()))
                .collect(Collectors.joining(", ")));
    }
}
