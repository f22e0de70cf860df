package dev.mugv.steps.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.body;
import static j2html.TagCreator.document;
import static j2html.TagCreator.each;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.section;
import static j2html.TagCreator.tag;
import static j2html.TagCreator.title;

import dev.mugv.steps.report.ReportContent.RunFacts;
import j2html.tags.DomContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Renders a report as one HTML page that needs neither a network nor scripts.
 *
 * <p>Every text goes through j2html, which escapes it; the only raw HTML is this project's own style sheet. As a second
 * fence the page's own policy forbids scripts, so that not even a caption that slipped through could run one.
 */
final class HtmlReport {
    private static final String POLICY = "script-src 'none'; object-src 'none'; connect-src 'none'; base-uri 'none'";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private HtmlReport() {}

    /** The page; the files it shows are noted in {@code links}. */
    static String render(ReportContent content, AssetLinks links) {
        List<Chapter> chapters = chapters(content, links);
        return document(html().attr("lang", "en")
                .with(
                        head(
                                meta().attr("charset", "utf-8"),
                                meta().attr("name", "viewport").attr("content", "width=device-width, initial-scale=1"),
                                meta().attr("http-equiv", "Content-Security-Policy")
                                        .attr("content", POLICY),
                                meta().attr("name", "color-scheme").attr("content", "light dark"),
                                title(content.run().name() + " · mugv report"),
                                tag("style").with(rawHtml(styleSheet()))),
                        body(
                                a("Skip to the content")
                                        .attr("href", "#content")
                                        .withClass("skip"),
                                masthead(content.run(), chapters),
                                main(each(chapters, chapter -> render(chapter))).withId("content"),
                                footer(p("Made by mugv from the run's own records. "
                                        + "Everything it shows lies in this folder.")))));
    }

    private static List<Chapter> chapters(ReportContent content, AssetLinks links) {
        List<Chapter> chapters = new ArrayList<>();
        chapters.add(new Chapter("summary", "Summary", List.of(OverviewChapter.cards(content))));
        if (!content.samples().isEmpty()) {
            chapters.add(new Chapter("samples", "Generated samples", SampleChapter.render(content.samples(), links)));
        }
        if (!content.scores().rows().isEmpty()) {
            chapters.add(new Chapter("scores", "Scores", List.of(OverviewChapter.scores(content.scores()))));
        }
        chapters.add(new Chapter("stages", "Stages", List.of(OverviewChapter.stages(content.stages()))));
        if (!content.curves().isEmpty()) {
            chapters.add(new Chapter("losses", "Loss curves", List.of(TrainingChapter.curves(content.curves()))));
        }
        if (!content.videos().isEmpty()) {
            chapters.add(new Chapter("curation", "Curation", CurationChapter.render(content.videos(), links)));
        }
        if (!content.reconstructions().isEmpty()) {
            chapters.add(new Chapter(
                    "reconstruction",
                    "VideoVAE reconstruction",
                    TrainingChapter.reconstructions(content.reconstructions(), links)));
        }
        content.preferences()
                .ifPresent(found -> chapters.add(
                        new Chapter("preferences", "Preferences", SampleChapter.preferences(found, links))));
        if (!content.lineage().isEmpty()) {
            chapters.add(new Chapter("lineage", "Lineage", List.of(OverviewChapter.lineage(content.lineage()))));
        }
        return chapters;
    }

    private static DomContent masthead(RunFacts run, List<Chapter> chapters) {
        return header(
                p("mugv report").withClass("kicker"),
                h1(run.name()),
                p().withClass("facts")
                        .with(
                                fact("Finished", TIME.format(run.finishedAt())),
                                fact("Took", Numbers.duration(run.elapsed())),
                                fact("Code", run.codeVersion()),
                                fact("Configuration", run.configurationSha256())),
                nav(each(chapters, c -> a(c.heading()).attr("href", "#" + c.id())))
                        .attr("aria-label", "Sections"));
    }

    private static DomContent fact(String name, String value) {
        String shown = value.matches("[0-9a-f]{40,}") ? value.substring(0, 16) : value;
        return tag("span")
                .with(tag("b").withText(name), tag("span").attr("title", value).withText(shown));
    }

    private static DomContent render(Chapter chapter) {
        return section(h2(chapter.heading()).withId(chapter.id() + "-heading"))
                .withId(chapter.id())
                .attr("aria-labelledby", chapter.id() + "-heading")
                .with(chapter.content());
    }

    private static String styleSheet() {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(
                    Objects.requireNonNull(in, "report.css is missing from the jar")
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Chapter(String id, String heading, List<DomContent> content) {}
}
