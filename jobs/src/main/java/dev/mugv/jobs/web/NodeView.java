package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.code;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.span;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import dev.mugv.steps.lineage.Direction;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageEdge;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.LineageWalk;
import j2html.tags.DomContent;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One node of the lineage graph: its neighbours as a picture and as lists, how far it reaches, and its facts. */
final class NodeView {
    /** Of more neighbours in one role there is a page of their own. */
    private static final int NEIGHBOURS = 12;

    /** More of a text than a person reads here. */
    private static final int DOCUMENT_CHARACTERS = 40_000;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final LineageReader reader;
    private final LineageNode node;

    NodeView(LineageReader reader, LineageNode node) {
        this.reader = reader;
        this.node = node;
    }

    List<DomContent> render() {
        Side up = side(Direction.UP);
        Side down = side(Direction.DOWN);
        List<DomContent> parts = new ArrayList<>();
        parts.add(dl().withClass("head")
                .with(
                        dt("Kind"),
                        dd(node.kind().label()),
                        dt("Identity"),
                        dd(code(node.key().identity())),
                        dt("Recorded"),
                        dd(time(node))));
        parts.add(Neighbourhood.draw(node, up.drawn(), down.drawn()));
        parts.add(div().withClass("sides").with(up.section(), down.section()));
        parts.add(Tables.section("facts", "Facts", List.of(FactList.of(reader.facts(node)))));
        reader.document(node)
                .ifPresent(document -> parts.add(Tables.section("document", "Its text", List.of(document(document)))));
        return parts;
    }

    /**
     * What lies in one direction.
     *
     * @param drawn for the picture
     */
    private record Side(Neighbourhood.Side drawn, DomContent section) {}

    private Side side(Direction direction) {
        Map<EdgeRole, Long> counts = new TreeMap<>(reader.countEdges(node, direction));
        List<Neighbourhood.Box> boxes = new ArrayList<>();
        List<DomContent> groups = new ArrayList<>();
        counts.forEach((role, count) -> {
            List<LineageEdge> edges = reader.edges(node, direction, role, 0, NEIGHBOURS);
            Map<Long, LineageNode> others = others(reader, direction, edges);
            edges.forEach(edge -> boxes.add(
                    new Neighbourhood.Box(Objects.requireNonNull(others.get(other(direction, edge))), role.label())));
            groups.add(h3(words(role, direction))
                    .with(span(" %,d".formatted(count)).withClass("count")));
            groups.add(neighbours(reader, direction, edges));
            if (count > edges.size()) {
                groups.add(p(a("All %,d".formatted(count))
                        .withHref(list("/lineage/neighbours", direction, "role", role.label()))));
            }
        });
        if (groups.isEmpty()) {
            groups.add(Tables.note(direction == Direction.UP ? "Nothing: it was given." : "Nothing yet."));
        } else {
            groups.add(reach(direction));
        }
        long total = counts.values().stream().mapToLong(Long::longValue).sum();
        boolean up = direction == Direction.UP;
        return new Side(
                new Neighbourhood.Side(boxes, total),
                Tables.section(up ? "up" : "down", up ? "Made from" : "Led to", groups));
    }

    /** How many things of each kind can be reached, near and far. */
    private DomContent reach(Direction direction) {
        LineageWalk walk = reader.walk(node, direction, OptionalInt.empty());
        Map<String, Long> kinds = new TreeMap<>();
        walk.byKind().forEach((kind, count) -> kinds.put(kind.label(), count));
        List<DomContent> links = new ArrayList<>();
        kinds.forEach((kind, count) -> links.add(
                li(a("%,d %s".formatted(count, kind)).withHref(list("/lineage/all", direction, "kind", kind)))));
        String whole = walk.isWhole()
                        || walk.byKind().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                                == walk.total()
                ? "Over all steps %,d things:".formatted(walk.total())
                : "Over all steps %,d things; of the nearest %,d:"
                        .formatted(walk.total(), walk.nodes().size());
        return div(p(whole).withClass("note"), ul().withClass("kinds").with(links));
    }

    private String list(String path, Direction direction, String name, String value) {
        String way = direction.name().toLowerCase(Locale.ROOT);
        return Links.query(Links.query(Links.query(path, "id", node.key().toString()), "direction", way), name, value);
    }

    /** Neighbours as a list of links, with the attempts that made it so. */
    static DomContent neighbours(LineageReader reader, Direction direction, List<LineageEdge> edges) {
        Map<Long, LineageNode> others = others(reader, direction, edges);
        List<DomContent> lines = new ArrayList<>();
        for (LineageEdge edge : edges) {
            LineageNode other = Objects.requireNonNull(others.get(other(direction, edge)));
            List<DomContent> line = new ArrayList<>(
                    List.of(link(other), text(" "), code(other.shortIdentity()).withClass("soft")));
            edge.makerId().stream()
                    .mapToObj(others::get)
                    .filter(Objects::nonNull)
                    .filter(maker -> maker.id() != other.id())
                    .forEach(maker -> line.addAll(List.of(
                            span(" by ").withClass("soft"),
                            a(maker.label()).withHref(Links.node(maker.key())).withClass("maker"))));
            lines.add(li().with(line));
        }
        return ul().withClass("neighbours").with(lines);
    }

    private static Map<Long, LineageNode> others(LineageReader reader, Direction direction, List<LineageEdge> edges) {
        List<Long> ids = edges.stream()
                .flatMap(edge -> Stream.concat(
                        Stream.of(other(direction, edge)),
                        edge.makerId().stream().boxed()))
                .distinct()
                .toList();
        Map<Long, LineageNode> nodes = new HashMap<>();
        reader.nodes(ids).forEach(each -> nodes.put(each.id(), each));
        return nodes;
    }

    private static long other(Direction direction, LineageEdge edge) {
        return direction == Direction.UP ? edge.parentId() : edge.childId();
    }

    /** A role as one reads it from the child, or from the parent. */
    static String words(EdgeRole role, Direction direction) {
        return (direction == Direction.UP ? "" : "role: ") + Tables.words(role.label());
    }

    static DomContent table(String caption, List<LineageNode> nodes) {
        return Tables.of(
                caption,
                List.of("What", "Kind", "Identity", "Recorded"),
                nodes.stream()
                        .map(each -> tr(
                                Tables.name(link(each)),
                                td(each.kind().label()),
                                td(code(each.shortIdentity())),
                                td(time(each)).withClass("time")))
                        .toList());
    }

    static DomContent link(LineageNode node) {
        return a(span(node.kind().label()).withClass("kind"), text(" " + node.label()))
                .withHref(Links.node(node.key()));
    }

    static String time(LineageNode node) {
        return TIME.format(node.recordedAt());
    }

    private static DomContent document(String content) {
        boolean cut = content.length() > DOCUMENT_CHARACTERS;
        String shown = Secrecy.veiled(cut ? content.substring(0, DOCUMENT_CHARACTERS) : content);
        return details(
                summary("%,d characters%s".formatted(content.length(), cut ? ", of which the first are shown" : "")),
                pre(shown).withClass("document"));
    }
}
