package dev.mugv.steps.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.steps.report.ChartAxis.Scale;
import dev.mugv.steps.report.LossCurve.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossChartTest {
    @Test
    void drawsALowerLossLowerAndALaterUpdateFurtherRight() {
        Element svg = draw(List.of(new Point(0, 1.0), new Point(100, 0.9)), List.of());

        String[] points = svg.select("polyline.raw").attr("points").split("[ ,]");

        assertThat(Double.parseDouble(points[2])).isGreaterThan(Double.parseDouble(points[0]));
        // Pixels are counted from the top.
        assertThat(Double.parseDouble(points[3])).isGreaterThan(Double.parseDouble(points[1]));
    }

    @Test
    void takesALogarithmicAxisOnlyForLossesThatSpanMuch() {
        assertThat(draw(List.of(new Point(1, 1), new Point(2, 0.1)), List.of()).text())
                .contains("loss (log)");
        assertThat(draw(List.of(new Point(1, 1), new Point(2, 0.5)), List.of()).text())
                .doesNotContain("log");
    }

    @Test
    void marksEachValidationLossWithItsValue() {
        assertThat(draw(List.of(), List.of(new Point(0, 0.75), new Point(20, 0.5)))
                        .select("circle title")
                        .eachText())
                .containsExactly("update 0: validation loss 0.75", "update 20: validation loss 0.5");
    }

    @Test
    void drawsALongTrainingInAtMostFourHundredPoints() {
        List<Point> many = IntStream.range(0, 10_001)
                .mapToObj(i -> new Point(i, 1 + i % 2))
                .toList();

        assertThat(draw(many, List.of()).select("polyline.raw").attr("points").split(" "))
                .hasSizeBetween(300, 400);
    }

    @Test
    void drawsAStageOfOneUpdateAndAConstantLoss() {
        assertThat(draw(List.of(new Point(0, 0)), List.of()).html()).doesNotContain("NaN", "Infinity");
        assertThat(draw(List.of(new Point(1, 2), new Point(2, 2)), List.of()).html())
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void refusesALossThatIsNotFinite() {
        assertThatThrownBy(() -> new Point(3, Double.NaN)).hasMessage("loss NaN at update 3");
    }

    @Test
    void putsTicksAtRoundNumbers() {
        assertThat(new ChartAxis(0, 240, 0, 1, Scale.LINEAR).ticks(6)).containsExactly(0., 50., 100., 150., 200.);
        assertThat(new ChartAxis(0.03, 0.9, 0, 1, Scale.LOGARITHMIC)
                        .ticks(5).stream().map(Numbers::significant))
                .containsExactly("0.05", "0.1", "0.2", "0.5");
    }

    @Test
    void readsTheCurveOfAPublishedTraining(@TempDir Path folder) throws IOException {
        Path metrics = Files.writeString(folder.resolve("metrics.jsonl"), """
                {"update":0,"validation-loss":2.0}
                {"update":1,"loss":1.9,"gradient-norm":0.5}
                {"update":2,"loss":1.5,"validation-loss":1.25}
                """);

        assertThat(LossCurve.read("proxy", "flow-matching loss", metrics))
                .isEqualTo(new LossCurve(
                        "proxy",
                        "flow-matching loss",
                        List.of(new Point(1, 1.9), new Point(2, 1.5)),
                        List.of(new Point(0, 2.0), new Point(2, 1.25))));
    }

    private static Element draw(List<Point> training, List<Point> validation) {
        return Jsoup.parse(LossChart.draw(new LossCurve("stage", "loss", training, validation))
                        .render())
                .selectFirst("svg");
    }
}
