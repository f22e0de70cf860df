package dev.mugv.jobs.web;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.tag;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.mugv.steps.goodput.Goodput;
import dev.mugv.steps.goodput.Goodput.Hours;
import dev.mugv.steps.goodput.Goodput.Parts;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Where a run's hours went: a bar a step, and the numbers. */
final class GoodputView {
    private static final int BAR_WIDTH = 1000;
    private static final int BAR_HEIGHT = 18;

    /** In the order of a run; queued hours hold no machine and are in no bar. */
    private static final List<PartOfHours> PARTS = List.of(
            new PartOfHours("starting", Parts::starting),
            new PartOfHours("productive", Parts::productive),
            new PartOfHours("saving", Parts::saving),
            new PartOfHours("lost", Parts::lost));

    private GoodputView() {}

    private record PartOfHours(String name, ToDoubleFunction<Parts> hours) {}

    static List<DomContent> render(Goodput goodput) {
        if (goodput.steps().isEmpty()) {
            return List.of(Tables.note("Nothing has run yet, so no hours were used."));
        }
        boolean gpus = goodput.total().gpu().used() > 0;
        List<DomContent> parts = new ArrayList<>();
        parts.add(div(
                        card(percent(goodput.total().core()), "of the used core-hours were kept"),
                        card(hours(goodput.total().core().used()), "core-hours used"),
                        card(hours(goodput.total().core().lost()), "core-hours lost"),
                        gpus ? card(hours(goodput.total().gpu().used()), "GPU-hours used") : text(""))
                .withClass("cards"));
        parts.add(Tables.section("bars", "By step", List.of(legend(), bars(goodput, gpus))));
        parts.add(Tables.section("hours", "Hours", List.of(table("Core-hours", goodput, Hours::core))));
        if (gpus) {
            parts.add(table("GPU-hours", goodput, Hours::gpu));
        } else {
            parts.add(Tables.note("No rank had a GPU."));
        }
        if (!goodput.total().lostByCause().isEmpty()) {
            parts.add(Tables.section("causes", "Lost by what", List.of(causes(goodput.total()))));
        }
        return parts;
    }

    private static DomContent card(String figure, String what) {
        return div(span(figure).withClass("figure"), span(what).withClass("what"))
                .withClass("card");
    }

    private static DomContent legend() {
        return p(each(PARTS, part -> span(part.name()).withClass("key part-" + part.name())))
                .withClass("legend");
    }

    private static DomContent bars(Goodput goodput, boolean gpus) {
        return div(each(
                        goodput.steps(),
                        step -> figure(
                                figcaption(step.step())
                                        .with(span("%s core-hours, %s kept"
                                                .formatted(
                                                        hours(step.hours()
                                                                .core()
                                                                .used()),
                                                        percent(step.hours().core())))),
                                bar(
                                        step.step(),
                                        gpus ? step.hours().gpu() : step.hours().core()))))
                .withClass("bars");
    }

    private static DomContent bar(String step, Parts parts) {
        ContainerTag<?> svg = tag("svg")
                .attr("viewBox", "0 0 " + BAR_WIDTH + " " + BAR_HEIGHT)
                .attr("preserveAspectRatio", "none")
                .attr("role", "img")
                .attr("class", "bar-of-parts");
        StringBuilder told = new StringBuilder(step).append(':');
        double at = 0;
        List<DomContent> blocks = new ArrayList<>();
        for (PartOfHours part : PARTS) {
            double share = parts.used() > 0 ? part.hours().applyAsDouble(parts) / parts.used() : 0;
            told.append(String.format(Locale.ROOT, " %s %.1f %%", part.name(), 100 * share));
            blocks.add(tag("rect")
                    .attr("class", "part-" + part.name())
                    .attr("x", String.format(Locale.ROOT, "%.1f", at * BAR_WIDTH))
                    .attr("width", String.format(Locale.ROOT, "%.1f", share * BAR_WIDTH))
                    .attr("y", "0")
                    .attr("height", Integer.toString(BAR_HEIGHT)));
            at += share;
        }
        return svg.with(tag("title").withText(told.toString())).with(blocks);
    }

    private static DomContent table(String caption, Goodput goodput, java.util.function.Function<Hours, Parts> kind) {
        List<DomContent> rows = new ArrayList<>();
        goodput.steps().forEach(step -> rows.add(row(step.step(), step.hours().runs(), kind.apply(step.hours()))));
        rows.add(row("all", goodput.total().runs(), kind.apply(goodput.total())));
        return Tables.of(
                caption + ". Queued hours hold no machine and are no part of the goodput.",
                List.of("Step", "#Runs", "#Queued", "#Starting", "#Productive", "#Saving", "#Lost", "#Goodput"),
                rows);
    }

    private static DomContent row(String name, int runs, Parts parts) {
        return tr(
                Tables.name(text(name)),
                Tables.number(Integer.toString(runs)),
                Tables.number(hours(parts.queued())),
                Tables.number(hours(parts.starting())),
                Tables.number(hours(parts.productive())),
                Tables.number(hours(parts.saving())),
                Tables.number(hours(parts.lost())),
                Tables.number(percent(parts)));
    }

    private static DomContent causes(Hours hours) {
        return Tables.of(
                "Core-hours lost, by cause.",
                List.of("Cause", "#Core-hours"),
                hours.lostByCause().entrySet().stream()
                        .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                        .map(cause -> tr(Tables.name(text(cause.getKey())), Tables.number(hours(cause.getValue()))))
                        .toList());
    }

    private static String hours(double hours) {
        return String.format(Locale.ROOT, "%.4f", hours);
    }

    private static String percent(Parts parts) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * parts.goodput());
    }
}
