package dev.mugv.steps.report;

import static j2html.TagCreator.tag;

import dev.mugv.steps.report.ChartAxis.Scale;
import dev.mugv.steps.report.LossCurve.Point;
import j2html.tags.ContainerTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Draws a {@link LossCurve} as inline SVG: training losses faintly with their running mean over them, validation losses
 * as marked points. The loss axis is logarithmic where losses span more than a factor of 5.
 */
final class LossChart {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 280;
    private static final double LEFT = 56;
    private static final double RIGHT = WIDTH - 14;
    private static final double TOP = 14;
    private static final double BOTTOM = HEIGHT - 40;
    /** More points than this cannot be told apart at this width. */
    private static final int MAX_POINTS = 400;

    private static final double LOGARITHMIC_FROM_RATIO = 5;

    private LossChart() {}

    /** The drawing; empty axes are never drawn: a curve without points gives an empty element. */
    static ContainerTag<?> draw(LossCurve curve) {
        List<Point> all = Stream.concat(curve.training().stream(), curve.validation().stream())
                .toList();
        ContainerTag<?> svg = tag("svg")
                .attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
                .attr("role", "img")
                .attr("class", "chart");
        if (all.isEmpty()) {
            return svg;
        }
        svg.with(tag("title").withText(describe(curve)));
        ChartAxis x = updateAxis(all);
        ChartAxis y = lossAxis(all);
        drawGrid(svg, x, y);
        List<Point> training = thinned(curve.training());
        svg.with(line(training, x, y, "raw"));
        svg.with(line(runningMean(training), x, y, "training"));
        svg.with(line(curve.validation(), x, y, "validation"));
        for (Point point : curve.validation()) {
            svg.with(tag("circle")
                    .attr("class", "validation-point")
                    .attr("cx", pixel(x.pixel(point.update())))
                    .attr("cy", pixel(y.pixel(point.loss())))
                    .attr("r", "3.5")
                    .with(tag("title")
                            .withText("update " + point.update() + ": validation loss "
                                    + Numbers.significant(point.loss()))));
        }
        return svg;
    }

    /** One sentence for people who cannot see the drawing. */
    static String describe(LossCurve curve) {
        StringBuilder text = new StringBuilder(curve.stage()).append(", ").append(curve.quantity());
        describe(text, "training", curve.training());
        describe(text, "validation", curve.validation());
        return text.append('.').toString();
    }

    private static void describe(StringBuilder text, String name, List<Point> points) {
        if (!points.isEmpty()) {
            Point first = points.get(0);
            Point last = points.get(points.size() - 1);
            text.append("; ")
                    .append(name)
                    .append(" from ")
                    .append(Numbers.significant(first.loss()))
                    .append(" at update ")
                    .append(first.update())
                    .append(" to ")
                    .append(Numbers.significant(last.loss()))
                    .append(" at update ")
                    .append(last.update());
        }
    }

    private static ChartAxis updateAxis(List<Point> points) {
        int last = points.stream().mapToInt(Point::update).max().orElse(0);
        return new ChartAxis(0, Math.max(1, last), LEFT, RIGHT, Scale.LINEAR);
    }

    private static ChartAxis lossAxis(List<Point> points) {
        double low = points.stream().mapToDouble(Point::loss).min().orElse(0);
        double high = points.stream().mapToDouble(Point::loss).max().orElse(1);
        if (low > 0 && high / low > LOGARITHMIC_FROM_RATIO) {
            return new ChartAxis(low / 1.1, high * 1.1, BOTTOM, TOP, Scale.LOGARITHMIC);
        }
        double margin = high > low ? (high - low) * 0.06 : Math.max(Math.abs(high), 1) * 0.1;
        return new ChartAxis(low - margin, high + margin, BOTTOM, TOP, Scale.LINEAR);
    }

    private static void drawGrid(ContainerTag<?> svg, ChartAxis x, ChartAxis y) {
        for (double tick : y.ticks(5)) {
            double at = y.pixel(tick);
            svg.with(segment("grid", LEFT, at, RIGHT, at));
            svg.with(label("end", LEFT - 8, at + 4, Numbers.significant(tick)));
        }
        for (double tick : x.ticks(6)) {
            double at = x.pixel(tick);
            svg.with(segment("grid", at, TOP, at, BOTTOM));
            svg.with(label("middle", at, BOTTOM + 17, Numbers.significant(tick)));
        }
        svg.with(segment("axis", LEFT, BOTTOM, RIGHT, BOTTOM));
        svg.with(segment("axis", LEFT, TOP, LEFT, BOTTOM));
        svg.with(label("middle", (LEFT + RIGHT) / 2, HEIGHT - 5, "update"));
        String scale = y.scale() == Scale.LOGARITHMIC ? "loss (log)" : "loss";
        svg.with(label("middle", 0, 0, scale)
                .attr("transform", "translate(12 %s) rotate(-90)".formatted(pixel((TOP + BOTTOM) / 2))));
    }

    private static ContainerTag<?> segment(String style, double x1, double y1, double x2, double y2) {
        return tag("line")
                .attr("class", style)
                .attr("x1", pixel(x1))
                .attr("y1", pixel(y1))
                .attr("x2", pixel(x2))
                .attr("y2", pixel(y2));
    }

    private static ContainerTag<?> label(String anchor, double x, double y, String text) {
        return tag("text")
                .attr("text-anchor", anchor)
                .attr("x", pixel(x))
                .attr("y", pixel(y))
                .withText(text);
    }

    private static ContainerTag<?> line(List<Point> points, ChartAxis x, ChartAxis y, String style) {
        return tag("polyline")
                .attr("class", style)
                .attr(
                        "points",
                        points.stream()
                                .map(p -> pixel(x.pixel(p.update())) + "," + pixel(y.pixel(p.loss())))
                                .collect(Collectors.joining(" ")));
    }

    private static List<Point> thinned(List<Point> points) {
        int group = (points.size() + MAX_POINTS - 1) / MAX_POINTS;
        if (group <= 1) {
            return points;
        }
        List<Point> thinned = new ArrayList<>();
        for (int from = 0; from < points.size(); from += group) {
            thinned.add(mean(points.subList(from, Math.min(points.size(), from + group))));
        }
        return thinned;
    }

    /** Centred mean over a twelfth of the curve: wide enough to calm single batches, narrow enough to show a turn. */
    private static List<Point> runningMean(List<Point> points) {
        int reach = points.size() / 24;
        List<Point> means = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            // The window shrinks evenly towards the ends, so that it stays centred on its update.
            int half = Math.min(reach, Math.min(i, points.size() - 1 - i));
            double loss = mean(points.subList(i - half, i + half + 1)).loss();
            means.add(new Point(points.get(i).update(), loss));
        }
        return means;
    }

    private static Point mean(List<Point> group) {
        double update = group.stream().mapToInt(Point::update).average().orElseThrow();
        double loss = group.stream().mapToDouble(Point::loss).average().orElseThrow();
        return new Point((int) Math.round(update), loss);
    }

    private static String pixel(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
