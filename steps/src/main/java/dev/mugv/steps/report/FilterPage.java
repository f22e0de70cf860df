package dev.mugv.steps.report;

import static j2html.TagCreator.article;
import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.header;
import static j2html.TagCreator.img;
import static j2html.TagCreator.main;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import dev.mugv.model.config.Range;
import dev.mugv.steps.curation.FilterForecast;
import dev.mugv.steps.curation.FilterForecast.Border;
import dev.mugv.steps.curation.FilterForecast.Neighbour;
import dev.mugv.steps.curation.FilterForecast.Side;
import j2html.tags.DomContent;
import j2html.tags.specialized.FigureTag;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What moves with a filter: counts, and on each side of each limit the clips that are next to it. */
final class FilterPage {
    private FilterPage() {}

    static String render(FilterComparison comparison, AssetLinks links) {
        FilterForecast forecast = comparison.forecast();
        return HtmlPage.render(
                comparison.run() + " · other filters",
                header(
                        p("mugv clips what-if").withClass("kicker"),
                        h1(comparison.run()),
                        p("Nothing has been changed: this is what the scores that were kept say.")
                                .withClass("note")),
                main(
                                section(h2("What would be kept"), counts(forecast), filters(comparison)),
                                section(
                                        h2("At the limits"),
                                        p(
                                                "Clips that all other filters keep, those nearest to the limit first: the last to be lost and the last to be kept."),
                                        each(forecast.borders(), border -> border(border, comparison, links))))
                        .withId("content"),
                footer(p("Made by mugv from the run's own records. Everything it shows lies in this folder.")));
    }

    private static DomContent counts(FilterForecast forecast) {
        TreeSet<String> reasons = new TreeSet<>(forecast.now().rejected().keySet());
        reasons.addAll(forecast.then().rejected().keySet());
        return div(table(
                        thead(tr(th("clips"), heading("now"), heading("then"))),
                        tbody(
                                tr(
                                        th("kept"),
                                        number(forecast.now().clips() + " · " + length(forecast.now())),
                                        number(forecast.then().clips() + " · " + length(forecast.then()))),
                                each(
                                        reasons,
                                        reason -> tr(
                                                th(reason),
                                                number(""
                                                        + forecast.now()
                                                                .rejected()
                                                                .getOrDefault(reason, 0L)),
                                                number(""
                                                        + forecast.then()
                                                                .rejected()
                                                                .getOrDefault(reason, 0L)))))))
                .withClass("scrolling");
    }

    private static String length(FilterForecast.Kept kept) {
        return Numbers.duration(Duration.ofMillis(Math.round(kept.seconds() * 1000)));
    }

    private static DomContent filters(FilterComparison comparison) {
        TreeSet<String> scores = new TreeSet<>(comparison.present().keySet());
        scores.addAll(comparison.other().keySet());
        return div(table(
                        caption("Filters: the range of each score that is kept"),
                        thead(tr(th("score"), heading("now"), heading("then"))),
                        tbody(each(
                                scores,
                                score -> tr(
                                        th(score),
                                        number(range(comparison.present().get(score))),
                                        number(range(comparison.other().get(score))))))))
                .withClass("scrolling");
    }

    private static String range(@Nullable Range range) {
        return range == null ? "any" : FilterComparison.text(range);
    }

    private static DomContent heading(String text) {
        return th(text).withClass("number");
    }

    private static DomContent number(String text) {
        return td(text).withClass("number");
    }

    private static DomContent border(Border border, FilterComparison comparison, AssetLinks links) {
        String limit = border.score()
                + (border.side() == Side.AT_LEAST ? " at least " : " at most ")
                + Numbers.significant(border.limit());
        return article(
                        h3(limit + ": " + border.lost() + " lost by it alone"),
                        strip("just lost", "rejected", border.justLost(), comparison, links),
                        strip("just kept", "kept", border.justKept(), comparison, links))
                .withClass("video");
    }

    private static DomContent strip(
            String name, String style, List<Neighbour> clips, FilterComparison comparison, AssetLinks links) {
        if (clips.isEmpty()) {
            return p(name + ": none").withClass("note");
        }
        return div(
                p(name).withClass("note"),
                div(each(
                                clips,
                                clip -> picture(
                                        clip,
                                        style,
                                        Optional.ofNullable(
                                                comparison.thumbnails().get(clip.clipId())),
                                        links)))
                        .withClass("clips"));
    }

    private static DomContent picture(Neighbour clip, String style, Optional<Path> thumbnail, AssetLinks links) {
        FigureTag shown = figure().withClass("clip " + style);
        thumbnail.ifPresent(file -> shown.with(img().withSrc(links.link(file)).withAlt("Clip " + clip.clipId())));
        return shown.with(figcaption(Numbers.significant(clip.value())).with(span(clip.clipId())));
    }
}
