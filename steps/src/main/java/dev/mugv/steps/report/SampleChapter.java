package dev.mugv.steps.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.article;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.img;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.strong;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.video;

import dev.mugv.steps.report.PreferenceResult.Margin;
import dev.mugv.steps.report.PreferenceResult.Pair;
import dev.mugv.steps.report.SampleComparison.Sample;
import j2html.tags.DomContent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the checkpoints generate, and how generated samples were labelled. */
final class SampleChapter {
    private SampleChapter() {}

    static List<DomContent> render(List<SampleComparison> comparisons, PageLinks links) {
        List<DomContent> shown = new ArrayList<>();
        shown.add(OverviewChapter.note("Within a row every checkpoint had the same caption and the same start noise; "
                + "image-to-video rows also had the same first frame."));
        for (SampleComparison comparison : comparisons) {
            shown.add(article(
                            h3(span(comparison.firstFrame().isPresent() ? "image to video" : "text to video")
                                            .withClass("tag"))
                                    .withText(" " + comparison.prompt()),
                            each(
                                    comparison.original().stream().toList(),
                                    original -> OverviewChapter.note("Rewritten from: " + original)),
                            div().withClass("players")
                                    .with(given(comparison, links))
                                    .with(each(comparison.samples(), s -> player(s, comparison.prompt(), links))))
                    .withClass("comparison"));
        }
        return shown;
    }

    private static List<DomContent> given(SampleComparison comparison, PageLinks links) {
        return comparison.firstFrame().stream()
                .<DomContent>map(frame -> figure(
                        img().withSrc(links.link(frame)).withAlt("The first frame that was given"),
                        figcaption("given").with(span("first frame"))))
                .toList();
    }

    private static DomContent player(Sample sample, String prompt, PageLinks links) {
        var caption = figcaption(sample.checkpoint());
        sample.sheet().ifPresent(sheet -> caption.with(span(a("all frames").withHref(links.link(sheet)))));
        return figure(
                play(sample.video(), sample.checkpoint() + ": " + prompt, links),
                caption,
                OverviewChapter.scoreList(sample.scores()));
    }

    private static DomContent play(Path file, String label, PageLinks links) {
        return video().withSrc(links.link(file))
                .attr("controls")
                .attr("loop")
                .attr("muted")
                .attr("playsinline")
                .attr("preload", "metadata")
                .attr("aria-label", label);
    }

    static List<DomContent> preferences(PreferenceResult result, PageLinks links) {
        List<DomContent> shown = new ArrayList<>();
        shown.add(p(strong("Labelled by: "), text(result.labelledBy())));
        shown.add(p("Labels: %d pass, %d fail; pairs: %d."
                .formatted(result.passed(), result.failed(), result.pairs().size())));
        if (!result.margins().isEmpty()) {
            shown.add(margins(result.margins()));
        }
        shown.add(div(each(result.pairs(), pair -> pair(pair, links))).withClass("pairs"));
        return shown;
    }

    private static DomContent margins(List<Margin> margins) {
        return div(table(
                        thead(tr(
                                th("Stage"),
                                th("Quantity"),
                                th("Before").withClass("number"),
                                th("After").withClass("number"))),
                        tbody(each(
                                margins,
                                m -> tr(
                                        th(m.stage()).attr("scope", "row"),
                                        td(m.quantity()),
                                        td(Numbers.significant(m.reference())).withClass("number"),
                                        td(Numbers.significant(m.aligned())).withClass("number"))))))
                .withClass("scrolling")
                .attr("tabindex", "0");
    }

    private static DomContent pair(Pair pair, PageLinks links) {
        List<DomContent> players = new ArrayList<>();
        pair.preferred()
                .ifPresent(file -> players.add(figure(
                        play(file, "preferred: " + pair.prompt(), links),
                        figcaption("preferred").withClass("good"))));
        pair.other()
                .ifPresent(file ->
                        players.add(figure(play(file, "other: " + pair.prompt(), links), figcaption("other"))));
        return article(
                        h3(pair.prompt()),
                        div().withClass("players").with(players),
                        p(pair.reason()).withClass("note"))
                .withClass("pair");
    }
}
