package dev.mugv.jobs.cli;

import dev.mugv.jobs.cli.LineageWords.NodeView;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.LineageWalk;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.provenance.DrawnClips;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code mugv lineage}. */
@Command(
        name = "lineage",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        subcommands = LineageCheckCommand.class,
        description = {
            "Shows what something was made from, or what was made from it: videos, clips, captions, latents, shards, lists of"
                    + " clips, labels, configurations, code, attempts, Slurm jobs, nodes, checkpoints, evaluations, reports.",
            "",
            "Of answers over 10,000 nodes there are the nearest and the count."
        },
        footer = {
            "",
            "Examples:",
            "  mugv lineage finetune               what the model of this step was made from",
            "  mugv lineage bridge.mp4 --down      what was made from a video",
            "  mugv lineage 4f1c09 --depth 2       a beginning of a hash is enough where it is unique",
            "  mugv lineage finetune --clips       which clips its training drew, how often, and when",
            "  mugv lineage finetune --dot | dot -Tsvg > finetune.svg"
        })
final class LineageCommand extends RunQuestion<LineageCommand.Answer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "ID",
            description = "A hash or its beginning, a name such as a step or a video, or kind:ID.")
    private String word = "";

    @Option(names = "--up", description = "What it was made from (the default).")
    private boolean up;

    @Option(names = "--down", description = "What was made from it.")
    private boolean down;

    @Option(names = "--depth", paramLabel = "N", description = "At most so many steps away.")
    private @Nullable Integer depth;

    @Option(names = "--dot", description = "Print Graphviz's language.")
    private boolean dot;

    @Option(names = "--clips", description = "List the clips that the training drew up to this checkpoint.")
    private boolean clips;

    private final List<LineageWalk> walks = new ArrayList<>();
    private final Map<Long, JsonNode> shownFacts = new HashMap<>();

    /**
     * What was found.
     *
     * @param node what was asked about
     * @param facts sizes, hashes, seeds, scores of it
     * @param parts one a direction
     * @param drawn draws by clip, where they were asked for
     */
    record Answer(NodeView node, JsonNode facts, List<Part> parts, SortedMap<String, DrawnClips.Draws> drawn) {}

    /**
     * What lies in one direction.
     *
     * @param total how many nodes there are
     * @param nodes all of them, or the nearest
     */
    record Part(
            Direction direction, long total, Map<String, Long> byKind, List<NodeView> nodes, List<EdgeView> edges) {}

    /**
     * @param maker the attempt that made it so; empty where the controller did
     */
    record EdgeView(String child, String parent, String role, String maker) {}

    @Override
    Answer answer(SelectedRun run) {
        if (word.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot show lineage: expected an ID, found none. Give a hash or a name, such as 'mugv lineage finetune'.");
        }
        return new RunView(run).ask(jdbc -> {
            LineageReader reader = new LineageReader(jdbc);
            LineageNode start = LineageWords.require(reader, word, "show the lineage of");
            List<Part> parts = new ArrayList<>();
            List<Direction> directions = new ArrayList<>();
            if (up || !down) {
                directions.add(Direction.UP);
            }
            if (down) {
                directions.add(Direction.DOWN);
            }
            for (Direction direction : directions) {
                LineageWalk walk =
                        reader.walk(start, direction, depth == null ? OptionalInt.empty() : OptionalInt.of(depth));
                walks.add(walk);
                parts.add(part(reader, walk, direction));
                shownFacts.putAll(reader.facts(walk.nodes().stream()
                        .map(LineageWalk.Step::node)
                        .filter(node -> node.kind() == NodeKind.CHECKPOINT
                                || node.kind() == NodeKind.MERGE
                                || node.kind() == NodeKind.VAE
                                || node.kind() == NodeKind.MANIFEST)
                        .map(LineageNode::id)
                        .toList()));
            }
            DrawnClips draws = new DrawnClips(reader);
            SortedMap<String, DrawnClips.Draws> drawn =
                    clips ? draws.position(start).map(draws::drawn).orElseGet(TreeMap::new) : new TreeMap<>();
            return new Answer(NodeView.of(start), reader.facts(start), parts, drawn);
        });
    }

    private static Part part(LineageReader reader, LineageWalk walk, Direction direction) {
        Map<Long, String> names = new HashMap<>();
        names.put(walk.start().id(), walk.start().key().toString());
        walk.nodes()
                .forEach(step -> names.put(step.node().id(), step.node().key().toString()));
        List<Long> makers = walk.edges().stream()
                .flatMapToLong(edge -> edge.makerId().stream())
                .filter(id -> !names.containsKey(id))
                .distinct()
                .boxed()
                .toList();
        reader.nodes(makers).forEach(node -> names.put(node.id(), node.key().toString()));
        TreeMap<String, Long> byKind = new TreeMap<>();
        walk.byKind().forEach((kind, count) -> byKind.put(kind.label(), count));
        return new Part(
                direction,
                walk.total(),
                byKind,
                walk.nodes().stream().map(step -> NodeView.of(step.node())).toList(),
                walk.edges().stream().map(edge -> view(edge, names)).toList());
    }

    private static EdgeView view(LineageEdge edge, Map<Long, String> names) {
        return new EdgeView(
                names.getOrDefault(edge.childId(), ""),
                names.getOrDefault(edge.parentId(), ""),
                edge.role().label(),
                edge.makerId().isPresent() ? names.getOrDefault(edge.makerId().getAsLong(), "") : "");
    }

    @Override
    void print(Answer answer, PrintWriter out) {
        if (dot) {
            LineageDot.print(walks, out);
            return;
        }
        if (clips) {
            printDraws(answer, out);
            return;
        }
        for (int i = 0; i < walks.size(); i++) {
            LineageWalk walk = walks.get(i);
            Part part = answer.parts().get(i);
            out.println("%s%s".formatted(i == 0 ? "" : "\n", LineageWords.line(walk.start(), answer.facts())));
            new LineageTree(walk, part.direction(), shownFacts).print(out);
            out.println();
            out.println("%,d nodes it %s%s: %s"
                    .formatted(
                            part.total(),
                            part.direction() == Direction.UP ? "was made from" : "led to",
                            walk.isWhole()
                                    ? ""
                                    : ", the nearest %,d shown"
                                            .formatted(walk.nodes().size()),
                            kinds(part.byKind())));
        }
    }

    private static String kinds(Map<String, Long> byKind) {
        List<String> words = new ArrayList<>();
        new TreeMap<>(byKind).forEach((kind, count) -> words.add("%,d %s".formatted(count, kind)));
        return words.isEmpty() ? "none" : String.join(", ", words);
    }

    private static void printDraws(Answer answer, PrintWriter out) {
        if (answer.drawn().isEmpty()) {
            out.println("No clips are drawn for " + answer.node().id() + ": it is no state of a training on latents.");
            return;
        }
        out.println("%-16s %10s %12s %12s".formatted("clip", "draws", "first update", "last update"));
        answer.drawn()
                .forEach((clip, draws) -> out.println("%-16s %,10d %,12d %,12d"
                        .formatted(clip, draws.draws(), draws.firstUpdate(), draws.lastUpdate())));
    }
}
