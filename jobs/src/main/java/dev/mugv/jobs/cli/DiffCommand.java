package dev.mugv.jobs.cli;

import dev.mugv.jobs.cli.LineageWords.NodeView;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.provenance.CheckpointDiff;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mugv diff}. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Says in what two checkpoints differ: recipe, configuration, data, code, environment, parents, scores.",
        footer = {"", "Examples:", "  mugv diff pretrain-motion pretrain-length", "  mugv diff 4f1c09 88ab12 --json"})
final class DiffCommand extends RunQuestion<DiffCommand.Answer> {
    private static final int WIDTH = 44;

    @Parameters(index = "0", paramLabel = "A", description = "A checkpoint: step, hash or beginning of one.")
    private String first = "";

    @Parameters(index = "1", paramLabel = "B", description = "Another one.")
    private String second = "";

    /** @param chapters differences by what they are about */
    record Answer(NodeView a, NodeView b, Map<String, List<CheckpointDiff.Difference>> chapters) {}

    @Override
    Answer answer(SelectedRun run) {
        return new RunView(run).ask(jdbc -> {
            LineageReader reader = new LineageReader(jdbc);
            CheckpointDiff diff = CheckpointDiff.of(
                    reader,
                    LineageWords.require(reader, first, "compare"),
                    LineageWords.require(reader, second, "compare"));
            return new Answer(NodeView.of(diff.a()), NodeView.of(diff.b()), diff.chapters());
        });
    }

    @Override
    void print(Answer answer, PrintWriter out) {
        out.println("a: %s  %s".formatted(answer.a().id(), answer.a().label()));
        out.println("b: %s  %s".formatted(answer.b().id(), answer.b().label()));
        answer.chapters().forEach((chapter, differences) -> {
            out.println();
            out.println("%s%s".formatted(chapter, differences.isEmpty() ? ": the same" : ""));
            differences.forEach(difference -> out.println(
                    "  %-40s %s -> %s".formatted(difference.field(), cut(difference.a()), cut(difference.b()))));
        });
    }

    private static String cut(String value) {
        if (value.isEmpty()) {
            return "(none)";
        }
        return value.length() <= WIDTH ? value : value.substring(0, WIDTH) + "...";
    }
}
