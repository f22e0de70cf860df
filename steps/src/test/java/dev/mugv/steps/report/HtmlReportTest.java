package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    @TempDir
    private Path folder;

    private ReportContent content;
    private String html;
    private Document page;

    @BeforeEach
    void render() {
        content = new ExampleReport(folder).content();
        html = HtmlReport.render(content, new AssetLinks());
        page = Jsoup.parse(html);
    }

    @Test
    void showsTextsOfOthersAsTextOnly() {
        assertThat(page.select("script, [onerror]")).isEmpty();
        assertThat(page.select(".comparison h3").get(1).text()).endsWith(ExampleReport.HOSTILE);
        assertThat(page.select(".clip .caption").first().text()).isEqualTo(ExampleReport.HOSTILE);
        assertThat(page.select("video[aria-label]").eachAttr("aria-label"))
                .contains("aligned: " + ExampleReport.HOSTILE);
    }

    @Test
    void forbidsScriptsByItsOwnPolicy() {
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .contains("script-src 'none'");
    }

    @Test
    void needsNothingOutsideItsFolder() {
        assertThat(page.select("[src]").eachAttr("src")).isNotEmpty().allMatch(s -> s.matches("assets/[a-z0-9.-]+"));
        assertThat(page.select("[href]").eachAttr("href"))
                .isNotEmpty()
                .allMatch(s -> s.matches("assets/[a-z0-9.-]+|#[a-z-]+"));
        assertThat(html).doesNotContain("http://", "https://", "url(", "@import");
    }

    @Test
    void everySectionLinkHasItsTarget() {
        assertThat(page.select("nav a").eachAttr("href"))
                .containsExactly(
                        "#summary",
                        "#samples",
                        "#scores",
                        "#card",
                        "#stages",
                        "#losses",
                        "#weights",
                        "#curation",
                        "#reconstruction",
                        "#preferences",
                        "#study-autumn",
                        "#lineage")
                .allSatisfy(link -> assertThat(page.select(link)).hasSize(1));
    }

    @Test
    void everyPictureAndVideoHasAName() {
        assertThat(page.select("img"))
                .isNotEmpty()
                .allSatisfy(i -> assertThat(i.attr("alt")).isNotBlank());
        assertThat(page.select("video")).isNotEmpty().allSatisfy(v -> {
            assertThat(v.attr("aria-label")).isNotBlank();
            assertThat(v.hasAttr("controls")).isTrue();
        });
        assertThat(page.select("svg[role=img] > title").eachText())
                .hasSize(page.select("svg[role=img]").size());
    }

    @Test
    void sortsHeadingsWithoutAGap() {
        int depth = 0;
        for (Element heading : page.select("h1, h2, h3")) {
            int level = heading.tagName().charAt(1) - '0';
            assertThat(level).isLessThanOrEqualTo(depth + 1);
            depth = level;
        }
    }

    @Test
    void saysWhyEachClipWasRejected() {
        assertThat(page.select(".clip.rejected .verdict").eachText())
                .containsExactly("near-duplicate (of clip clip-7)", "too dark, too blurred");
        assertThat(page.select(".clip.kept .verdict").eachText()).containsOnly("kept");
        assertThat(page.select(".fault").text()).contains("the stream is damaged there");
    }

    @Test
    void marksAChangeByTheWayThatIsBetter() {
        assertThat(page.select("#scores tbody tr").get(0).select(".change").eachText())
                .containsExactly("+0.0089", "−0.0003");
        assertThat(page.select("#scores .better").eachText()).containsExactly("+0.0089", "−0.04");
        assertThat(page.select("#scores .worse").eachText()).containsExactly("−0.0003");
        assertThat(page.select("#scores .neutral").eachText()).containsExactly("+0.25", "+0");
    }

    @Test
    void showsWhatFiltersMadeOfThePlantedSetAndWhatNothingLooksFor() {
        var rows = page.select("#curation table tbody tr");
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).select("td.number").eachText()).containsExactly("0.875", "0.875", "1");
        assertThat(rows.get(0).select("li").eachText())
                .containsExactly("dissolve of 8 frames: 3 of 4", "dissolve of 32 frames: 4 of 4");
        assertThat(rows.get(1).select("td.number").eachText()).containsExactly("–", "–", "–");
        assertThat(rows.get(1).text()).contains("no filter", "4 planted, nothing looks for it");
    }

    @Test
    void showsWhichWeightsWerePublishedOfAllThatWereTriedAndWhy() {
        assertThat(page.select("#weights").text())
                .contains("Published: length-0.07 has the least validation loss of 2 tried.");
        assertThat(page.select("#weights tbody tr").eachText())
                .satisfiesExactly(
                        row -> assertThat(row)
                                .startsWith("lastthe weights after")
                                .contains("0.61250", "0.01250", "–"),
                        row -> assertThat(row)
                                .startsWith("length-0.07 (published)")
                                .contains("0.60000", "0.00000", "3.5 %"));
    }

    @Test
    void showsThePromptThatAServiceHasRewrittenBesideItsNewWords() {
        Document shown = Jsoup.parse(HtmlReport.render(
                withSamples(List.of(new SampleComparison(
                        "A red boat crosses a lake.", Optional.of("red boat"), Optional.empty(), List.of()))),
                new AssetLinks()));
        assertThat(shown.select("#samples article").text())
                .contains("A red boat crosses a lake.")
                .contains("Rewritten from: red boat");
    }

    @Test
    void reconstructionIsATableOfShapes() {
        assertThat(page.select("#reconstruction tbody tr").eachText())
                .containsExactly("96x96x16@8.0 2 23.53 0.7882 0.213", "64x64x16@8.0 2 25.02 0.8311 –");
    }

    private ReportContent withSamples(List<SampleComparison> samples) {
        return new ReportContent(
                content.run(),
                content.stages(),
                List.of(),
                List.of(),
                ReconstructionResult.NONE,
                List.of(),
                Optional.empty(),
                samples,
                ScoreTable.empty(),
                BenchmarkCard.empty(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    @Test
    void leavesOutSectionsThatHaveNothingToShow() {
        ReportContent bare = new ReportContent(
                content.run(),
                content.stages(),
                List.of(),
                List.of(),
                ReconstructionResult.NONE,
                List.of(),
                Optional.empty(),
                List.of(),
                ScoreTable.empty(),
                BenchmarkCard.empty(),
                Optional.empty(),
                List.of(),
                List.of());

        Document shown = Jsoup.parse(HtmlReport.render(bare, new AssetLinks()));

        assertThat(shown.select("section").eachAttr("id")).containsExactly("summary", "stages");
    }

    @Test
    void showsWhatPeopleSaidInABlindEvaluationAndWhereThatIsTooFew() {
        Element study = Objects.requireNonNull(Jsoup.parse(html).getElementById("study-autumn"));

        assertThat(study.select("h2").text()).isEqualTo("Human study autumn");
        assertThat(study.select("table").get(0).select("tbody td").eachText())
                .containsExactly("2", "50 % of 2 (1 to 99)", "50 % of 2 (1 to 99)", "0 % of 2 (0 to 84)");
        assertThat(study.select("table").get(1).text()).contains("aligned against finetuned", "too few");
        assertThat(study.text()).contains("realistic 2 0.743");
    }

    @Test
    void givesTheSamePageForTheSameContent() {
        assertThat(HtmlReport.render(content, new AssetLinks())).isEqualTo(html);
    }
}
