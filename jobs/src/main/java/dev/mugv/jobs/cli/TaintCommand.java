package dev.mugv.jobs.cli;

import dev.mugv.jobs.cli.LineageWords.NodeView;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.provenance.Taint;
import dev.mugv.steps.provenance.Taint.Counting;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mugv taint}. */
@Command(
        name = "taint",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says which latents, checkpoints, evaluations and exported files a video, a clip, a label or a node has touched.",
            "",
            "A training is touched by every clip of its list; how often it drew the clips is said beside it, by the function"
                    + " that draws them."
        },
        footer = {
            "",
            "Examples:",
            "  mugv taint bridge.mp4",
            "  mugv taint node:n17            what was made on a machine",
            "  mugv taint clip:0f3a --json"
        })
final class TaintCommand extends RunQuestion<TaintCommand.Answer> {
    @Parameters(paramLabel = "VIDEO|CLIP|LABEL|NODE", description = "A name, a hash or its beginning.")
    private String word = "";

    @Option(names = "--draws", description = "Count draws of large trainings too, some seconds a million slots.")
    private boolean draws;

    /**
     * What is touched.
     *
     * @param byKind how many of each kind
     */
    record Answer(NodeView node, SortedMap<String, Long> byKind, List<Result> results) {}

    /** @param draws how often the clips were drawn; -1 where nothing was drawn or it was not counted */
    record Result(NodeView node, long draws) {}

    @Override
    Answer answer(SelectedRun run) {
        return new RunView(run).ask(jdbc -> {
            LineageReader reader = new LineageReader(jdbc);
            Taint taint = Taint.of(
                    reader,
                    LineageWords.require(reader, word, "say what is touched by"),
                    draws ? Counting.OF_ALL : Counting.OF_SMALL_TRAININGS);
            TreeMap<String, Long> byKind = new TreeMap<>();
            taint.byKind().forEach((kind, count) -> byKind.put(kind.label(), count));
            return new Answer(
                    NodeView.of(taint.start()),
                    byKind,
                    taint.results().stream()
                            .map(result -> new Result(
                                    NodeView.of(result.node()), result.draws().orElse(-1)))
                            .toList());
        });
    }

    @Override
    void print(Answer answer, PrintWriter out) {
        out.println("%s %s has touched:"
                .formatted(answer.node().kind(), answer.node().label()));
        List<String> counts = new ArrayList<>();
        answer.byKind().forEach((kind, count) -> counts.add("%,d %s".formatted(count, kind)));
        out.println("  " + (counts.isEmpty() ? "nothing" : String.join(", ", counts)));
        if (!answer.results().isEmpty()) {
            out.println();
        }
        for (Result result : answer.results()) {
            out.println("  %-11s %-34s %s%s"
                    .formatted(
                            result.node().kind(),
                            result.node().label(),
                            result.node()
                                    .id()
                                    .substring(
                                            result.node().id().indexOf(':') + 1,
                                            end(result.node().id())),
                            drawn(result.draws())));
        }
    }

    private static String drawn(long draws) {
        if (draws < 0) {
            return "";
        }
        return draws == 0 ? "  in its list, never drawn" : "  drawn %,d times".formatted(draws);
    }

    private static int end(String id) {
        return Math.min(id.length(), id.indexOf(':') + 17);
    }
}
