package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.code;
import static j2html.TagCreator.p;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.LineageWalk;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.lineage.Resolution;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The lineage graph, walked by clicking: a node with what it was made from and what was made from it. */
@RestController
final class LineagePages {
    private static final int LISTED = 100;
    private static final int NEWEST = 20;

    /** What a walk through the graph begins with. */
    private static final List<NodeKind> RESULTS = List.of(
            NodeKind.CHECKPOINT,
            NodeKind.MERGE,
            NodeKind.VAE,
            NodeKind.EVALUATION,
            NodeKind.REPORT,
            NodeKind.EXPORT,
            NodeKind.VIDEO);

    private final LineageReader reader;

    LineagePages(JdbcClient jdbc) {
        this.reader = new LineageReader(jdbc);
    }

    /** The node that a word stands for; without a word, where to begin. */
    @GetMapping("/lineage")
    ResponseEntity<String> node(@RequestParam(defaultValue = "") String id) {
        String word = id.strip();
        if (word.isEmpty()) {
            return Html.answer(Page.titled("Lineage").at("Lineage").with(beginnings()));
        }
        Resolution resolution = reader.resolve(word);
        if (resolution instanceof Resolution.Found found) {
            return Html.answer(page(found.node()).with(new NodeView(reader, found.node()).render()));
        }
        if (resolution instanceof Resolution.Ambiguous several) {
            return Html.answer(
                    Page.titled("Several things are called so").at("Lineage").with(candidates(word, several)));
        }
        throw unknown(word);
    }

    /** All neighbours of one role, in pages. */
    @GetMapping("/lineage/neighbours")
    ResponseEntity<String> neighbours(
            @RequestParam String id,
            @RequestParam String direction,
            @RequestParam String role,
            @RequestParam(defaultValue = "1") int page) {
        LineageNode node = require(id);
        Direction way = direction(direction);
        EdgeRole wanted = Arrays.stream(EdgeRole.values())
                .filter(each -> each.label().equals(role))
                .findFirst()
                .orElseThrow(() -> unknown(role));
        long total = reader.countEdges(node, way).getOrDefault(wanted, 0L);
        List<DomContent> parts = new ArrayList<>();
        parts.add(back(node, "%s, %,d of them".formatted(NodeView.words(wanted, way), total)));
        parts.add(NodeView.neighbours(
                reader, way, reader.edges(node, way, wanted, (long) (Math.max(1, page) - 1) * LISTED, LISTED)));
        String path = Links.query(
                Links.query(Links.query("/lineage/neighbours", "id", id), "direction", direction), "role", role);
        parts.addAll(Tables.pager(path, total, LISTED, page));
        return Html.answer(page(node).with(parts));
    }

    /** Everything of one kind that a node was made from, or that was made from it, the nearest first. */
    @GetMapping("/lineage/all")
    ResponseEntity<String> all(
            @RequestParam String id,
            @RequestParam String direction,
            @RequestParam String kind,
            @RequestParam(defaultValue = "1") int page) {
        LineageNode node = require(id);
        Direction way = direction(direction);
        NodeKind wanted = NodeKind.ofLabel(kind).orElseThrow(() -> unknown(kind));
        LineageWalk walk = reader.walk(node, way, OptionalInt.empty());
        List<LineageWalk.Step> found = walk.nodes().stream()
                .filter(step -> step.node().kind() == wanted)
                .toList();
        List<DomContent> parts = new ArrayList<>();
        String count = walk.isWhole()
                ? "%,d".formatted(found.size())
                : "%,d among the nearest %,d of %,d things"
                        .formatted(found.size(), walk.nodes().size(), walk.total());
        parts.add(back(
                node, "%s: %s %s".formatted(way == Direction.UP ? "made from" : "led to", count, wanted.label())));
        parts.add(Tables.of(
                "The nearest first.",
                List.of("What", "Identity", "#Steps away", "Recorded"),
                Tables.page(found, LISTED, page).stream()
                        .map(step -> tr(
                                Tables.name(NodeView.link(step.node())),
                                td(code(step.node().shortIdentity())),
                                Tables.number(step.depth() == Integer.MAX_VALUE ? "" : Integer.toString(step.depth())),
                                td(NodeView.time(step.node())).withClass("time")))
                        .toList()));
        String path =
                Links.query(Links.query(Links.query("/lineage/all", "id", id), "direction", direction), "kind", kind);
        parts.addAll(Tables.pager(path, found.size(), LISTED, page));
        return Html.answer(page(node).with(parts));
    }

    private static DomContent back(LineageNode node, String what) {
        return p(a(node.kind().label() + " " + node.label()).withHref(Links.node(node.key())), text(" · " + what));
    }

    private static Page page(LineageNode node) {
        return Page.titled(node.label().isEmpty() ? node.shortIdentity() : node.label())
                .at("Lineage");
    }

    private LineageNode require(String word) {
        return Optional.of(reader.resolve(word))
                .filter(Resolution.Found.class::isInstance)
                .map(found -> ((Resolution.Found) found).node())
                .orElseThrow(() -> unknown(word));
    }

    private static NoSuchPage unknown(String word) {
        return new NoSuchPage(
                "the lineage of '%s'".formatted(word),
                "nothing recorded has this name, hash or beginning of one. Begin at /lineage, or at a run's checkpoints.");
    }

    private static Direction direction(String word) {
        return Arrays.stream(Direction.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> unknown(word));
    }

    private List<DomContent> beginnings() {
        List<DomContent> parts = new ArrayList<>();
        parts.add(
                Tables.note("Everything that a run makes is a node here, with what it was made from. Look something up"
                        + " by its hash, the beginning of one, or a name; or begin with one of these."));
        for (NodeKind kind : RESULTS) {
            List<LineageNode> all = reader.ofKind(kind);
            List<LineageNode> newest = new ArrayList<>(all.subList(Math.max(0, all.size() - NEWEST), all.size()));
            java.util.Collections.reverse(newest);
            if (!newest.isEmpty()) {
                String caption = all.size() > newest.size()
                        ? "The newest %d of %,d.".formatted(newest.size(), all.size())
                        : "All of them, the newest first.";
                parts.add(Tables.section(
                        kind.label(), Tables.words(kind.label()), List.of(NodeView.table(caption, newest))));
            }
        }
        return parts;
    }

    private static List<DomContent> candidates(String word, Resolution.Ambiguous several) {
        String caption = "'%s' stands for %,d things%s."
                .formatted(
                        word,
                        several.total(),
                        several.total() > several.candidates().size() ? ", of which these are the first" : "");
        return List.of(NodeView.table(caption, several.candidates()));
    }
}
