package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.Range;
import dev.mugv.steps.curation.FilterForecast;
import dev.mugv.steps.curation.FilterForecast.Border;
import dev.mugv.steps.curation.FilterForecast.Kept;
import dev.mugv.steps.curation.FilterForecast.Neighbour;
import dev.mugv.steps.curation.FilterForecast.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterPageTest {
    @TempDir
    private Path folder;

    @Test
    void showsThePicturesOnBothSidesOfALimitAndTheCounts() throws IOException {
        Path picture = Files.write(folder.resolve("lost.png"), new byte[] {1, 2, 3});
        FilterForecast forecast = new FilterForecast(
                new Kept(3, 6, new TreeMap<>()),
                new Kept(1, 2, new TreeMap<>(Map.of("motion too low", 2L))),
                List.of(),
                List.of(new Border(
                        "motion",
                        Side.AT_LEAST,
                        1.5,
                        2,
                        List.of(new Neighbour("lost", 1.25)),
                        List.of(new Neighbour("kept", 1.75)))));
        Path page = ReportFolder.write(
                new FilterComparison(
                        "demo <b>",
                        new TreeMap<>(),
                        new TreeMap<>(Map.of("motion", new Range(1.5, Double.POSITIVE_INFINITY))),
                        forecast,
                        Map.of("lost", picture)),
                folder.resolve("page"));

        Document shown = Jsoup.parse(Files.readString(page));
        assertThat(shown.select("h1").text()).isEqualTo("demo <b>");
        assertThat(shown.select("tbody tr").eachText())
                .containsExactly("kept 3 · 6.0 s 1 · 2.0 s", "motion too low 0 2", "motion any at least 1.5");
        assertThat(shown.select("h3").text()).isEqualTo("motion at least 1.5: 2 lost by it alone");
        assertThat(shown.select(".clip.rejected figcaption").textNodes().get(0).text())
                .isEqualTo("1.25");
        assertThat(shown.select(".clip.rejected figcaption span").text()).isEqualTo("lost");
        assertThat(shown.select(".clip.kept figcaption").textNodes().get(0).text())
                .isEqualTo("1.75");
        assertThat(shown.select(".clip.kept figcaption span").text()).isEqualTo("kept");
        assertThat(shown.select(".clip.kept img")).isEmpty();
        String link = shown.select(".clip.rejected img").attr("src");
        assertThat(page.resolveSibling(link)).hasBinaryContent(new byte[] {1, 2, 3});
    }
}
