package dev.mugv.steps.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.each;
import static j2html.TagCreator.footer;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.header;
import static j2html.TagCreator.main;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;
import static j2html.TagCreator.tag;

import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.report.ReportContent.RunFacts;
import j2html.tags.DomContent;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The chapters of a report, one after the other. */
final class HtmlReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private HtmlReport() {}

    /** The page; the files it shows are noted in {@code links}. */
    static String render(ReportContent content, AssetLinks links) {
        List<Chapter> chapters = chapters(content, links);
        return HtmlPage.render(
                content.run().name() + " · mugv report",
                masthead(content.run(), chapters),
                main(each(chapters, chapter -> render(chapter))).withId("content"),
                footer(p("Made by mugv from the run's own records. Everything it shows lies in this folder.")));
    }

    private static List<Chapter> chapters(ReportContent content, AssetLinks links) {
        List<Chapter> chapters = new ArrayList<>();
        chapters.add(new Chapter("summary", "Summary", List.of(OverviewChapter.cards(content))));
        if (!content.samples().isEmpty()) {
            chapters.add(new Chapter("samples", "Generated samples", SampleChapter.render(content.samples(), links)));
        }
        if (!content.scores().rows().isEmpty()) {
            chapters.add(new Chapter("scores", "Scores", OverviewChapter.scoresWithAlarms(content.scores())));
        }
        if (!content.card().table().rows().isEmpty()) {
            chapters.add(new Chapter("card", "Benchmark card", OverviewChapter.card(content.card())));
        }
        chapters.add(new Chapter("stages", "Stages", List.of(OverviewChapter.stages(content.stages()))));
        if (!content.curves().isEmpty()) {
            chapters.add(new Chapter("losses", "Loss curves", List.of(TrainingChapter.curves(content.curves()))));
        }
        content.merge()
                .ifPresent(
                        merge -> chapters.add(new Chapter("weights", "Finetuned weights", MergeTable.render(merge))));
        content.search()
                .ifPresent(found ->
                        chapters.add(new Chapter("search", "Hyper-parameter search", SearchTable.render(found))));
        if (!content.videos().isEmpty()) {
            List<DomContent> curation = new ArrayList<>(FilterCheckTable.render(content.filters()));
            curation.addAll(CurationChapter.render(content.videos(), links));
            chapters.add(new Chapter("curation", "Curation", curation));
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
        for (HumanStudy study : content.studies()) {
            String name = study.agreement().batch().name();
            chapters.add(new Chapter("study-" + name, "Human study " + name, HumanStudyTable.of(study)));
        }
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

    private record Chapter(String id, String heading, List<DomContent> content) {}
}
