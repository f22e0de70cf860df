package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.div;
import static j2html.TagCreator.tag;

import dev.mugv.steps.lineage.LineageNode;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws a node between what it was made from, to its left, and what was made from it, to its right. Every box is a link, so that
 * the graph is walked by clicking.
 */
final class Neighbourhood {
    private static final int BOX_WIDTH = 270;
    private static final int BOX_HEIGHT = 44;
    private static final int ROW = 54;
    private static final int COLUMN = 390;
    private static final int WIDTH = 2 * COLUMN + BOX_WIDTH;
    private static final int BOXES = 9;
    private static final int LETTERS = 32;

    private Neighbourhood() {}

    /** A neighbour and what it is to the node, or the node to it. */
    record Box(LineageNode node, String role) {}

    /**
     * Neighbours in one direction.
     *
     * @param total edges there are, drawn or not
     */
    record Side(List<Box> boxes, long total) {}

    static DomContent draw(LineageNode node, Side parents, Side children) {
        List<Box> left = distinct(parents);
        List<Box> right = distinct(children);
        int rows = Math.max(1, Math.max(rows(left, parents), rows(right, children)));
        double middle = rows * ROW / 2.0;
        List<DomContent> drawn = new ArrayList<>();
        lines(drawn, left, parents, 0, middle);
        lines(drawn, right, children, 2 * COLUMN, middle);
        boxes(drawn, left, parents, 0, middle);
        boxes(drawn, right, children, 2 * COLUMN, middle);
        drawn.add(tag("g").attr("class", "box here").with(content(node, COLUMN, middle - BOX_HEIGHT / 2.0)));
        ContainerTag<?> svg = tag("svg")
                .attr("viewBox", "-2 0 " + (WIDTH + 4) + " " + rows * ROW)
                .attr("class", "neighbourhood")
                .attr("role", "group")
                .attr("aria-label", "What it was made from, to the left, and what it led to, to the right");
        return div(svg.with(drawn)).withClass("scrolling drawing").attr("tabindex", "0");
    }

    /** One thing may have several roles; it is drawn once. */
    private static List<Box> distinct(Side side) {
        Map<Long, Box> boxes = new LinkedHashMap<>();
        side.boxes()
                .forEach(box -> boxes.merge(
                        box.node().id(), box, (one, other) -> new Box(one.node(), one.role() + ", " + other.role())));
        return boxes.values().stream().limit(BOXES).toList();
    }

    private static int rows(List<Box> shown, Side side) {
        return shown.size() + (isCut(shown, side) ? 1 : 0);
    }

    private static boolean isCut(List<Box> shown, Side side) {
        return side.boxes().stream().map(box -> box.node().id()).distinct().count() > shown.size()
                || side.total() > side.boxes().size();
    }

    private static double top(int index, int rows, double middle) {
        return middle - rows * ROW / 2.0 + index * ROW + (ROW - BOX_HEIGHT) / 2.0;
    }

    private static void lines(List<DomContent> drawn, List<Box> boxes, Side side, int x, double middle) {
        int rows = rows(boxes, side);
        for (int i = 0; i < boxes.size(); i++) {
            double y = top(i, rows, middle) + BOX_HEIGHT / 2.0;
            boolean isParent = x == 0;
            double from = isParent ? BOX_WIDTH : COLUMN + BOX_WIDTH;
            double to = isParent ? COLUMN : x;
            double start = isParent ? y : middle;
            double end = isParent ? middle : y;
            double bend = (to - from) / 2;
            drawn.add(tag("path")
                    .attr("class", "edge")
                    .attr(
                            "d",
                            String.format(
                                    Locale.ROOT,
                                    "M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f",
                                    from,
                                    start,
                                    from + bend,
                                    start,
                                    to - bend,
                                    end,
                                    to,
                                    end)));
        }
    }

    private static void boxes(List<DomContent> drawn, List<Box> boxes, Side side, int x, double middle) {
        int rows = rows(boxes, side);
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            drawn.add(a().withHref(Links.node(box.node().key()))
                    .withClass("box")
                    .attr(
                            "aria-label",
                            box.role() + ": " + box.node().kind().label() + " "
                                    + box.node().label())
                    .with(content(box.node(), x, top(i, rows, middle)))
                    .with(tag("title")
                            .withText(box.role() + ": " + box.node().key() + " "
                                    + box.node().label())));
        }
        if (isCut(boxes, side)) {
            drawn.add(label("more", x + 14, top(rows - 1, rows, middle) + BOX_HEIGHT / 2.0 + 5, "more below"));
        }
    }

    private static List<DomContent> content(LineageNode node, int x, double y) {
        String name = node.label().isEmpty() ? node.shortIdentity() : node.label();
        return List.of(
                tag("rect")
                        .attr("x", Integer.toString(x))
                        .attr("y", number(y))
                        .attr("width", Integer.toString(BOX_WIDTH))
                        .attr("height", Integer.toString(BOX_HEIGHT))
                        .attr("rx", "8"),
                label("kind", x + 12, y + 17, node.kind().label()),
                label("name", x + 12, y + 34, shortened(name)));
    }

    private static ContainerTag<?> label(String style, double x, double y, String text) {
        return tag("text")
                .attr("class", style)
                .attr("x", number(x))
                .attr("y", number(y))
                .withText(text);
    }

    private static String shortened(String name) {
        return name.length() <= LETTERS ? name : name.substring(0, LETTERS - 1) + "…";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
