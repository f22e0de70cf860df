package dev.mugv.steps.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.code;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.li;
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
import static j2html.TagCreator.ul;

import dev.mugv.model.statistics.MeanScore;
import dev.mugv.model.statistics.PairedDifference;
import dev.mugv.model.statistics.PairedDifference.Verdict;
import dev.mugv.steps.report.ReportContent.LineageEntry;
import dev.mugv.steps.report.ScoreTable.Better;
import dev.mugv.steps.report.StageResult.Counts;
import dev.mugv.steps.report.StageResult.FirstAndLast;
import j2html.tags.DomContent;
import j2html.tags.specialized.TdTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The report's tables: summary cards, stages, scores and lineage. */
final class OverviewChapter {
    private static final int SHORT_HASH = 16;

    private OverviewChapter() {}

    static DomContent cards(ReportContent content) {
        List<DomContent> cards = new ArrayList<>();
        for (StageResult stage : content.stages()) {
            stage.counts()
                    .filter(c -> c.in() > 0)
                    .ifPresent(c -> cards.add(card(c.kept() + " of " + c.in(), c.unit() + " kept", stage.name())));
            stage.validationLoss()
                    .ifPresent(loss -> cards.add(card(
                            String.format(Locale.ROOT, "÷ %.2f", loss.factor()),
                            "validation loss, " + Numbers.significant(loss.first()) + " → "
                                    + Numbers.significant(loss.last()),
                            stage.name())));
        }
        int samples =
                content.samples().stream().mapToInt(s -> s.samples().size()).sum();
        if (samples > 0) {
            cards.add(card(Integer.toString(samples), "videos generated", "evaluate"));
        }
        return div().withClass("cards").with(cards);
    }

    private static DomContent card(String figure, String what, String stage) {
        return div(
                        span(figure).withClass("figure"),
                        span(what).withClass("what"),
                        span(stage).withClass("from"))
                .withClass("card");
    }

    static DomContent stages(List<StageResult> stages) {
        return scrolling(table(
                caption("Each stage of the pipeline in the order it ran. "
                        + "Losses are given at the stage's first and last measurement."),
                thead(tr(
                        th("Stage"),
                        number("Time"),
                        number("In"),
                        number("Kept"),
                        th("Rejected, by reason"),
                        th("Training loss"),
                        th("Validation loss"),
                        th("Checkpoint"))),
                tbody(each(stages, stage -> row(stage)))));
    }

    private static DomContent row(StageResult stage) {
        return tr(
                th(stage.name()).attr("scope", "row"),
                number(td(Numbers.duration(stage.elapsed()))),
                number(td(stage.counts().map(c -> c.in() + " " + c.unit()).orElse(""))),
                number(td(stage.counts().map(c -> Long.toString(c.kept())).orElse(""))),
                td(stage.counts().map(OverviewChapter::reasons).orElse(text(""))),
                td(losses(stage.trainingLoss())),
                td(losses(stage.validationLoss())),
                td(code(stage.checkpoint())));
    }

    private static DomContent reasons(Counts counts) {
        if (counts.rejectedByReason().isEmpty()) {
            return text(counts.rejected() == 0 ? "" : Long.toString(counts.rejected()));
        }
        return ul(each(counts.rejectedByReason(), (reason, times) -> li(times + " × " + reason)))
                .withClass("plain");
    }

    private static String losses(Optional<FirstAndLast> losses) {
        return losses.map(l -> Numbers.significant(l.first()) + " → " + Numbers.significant(l.last()))
                .orElse("");
    }

    static DomContent scores(ScoreTable scores) {
        return scrolling(table(
                caption(
                        "Means over the generated samples (t2v: text to video, i2v: image to video) with the 95 % bootstrap "
                                + "interval of the mean, and the change against the checkpoint to the left with the interval of "
                                + "the mean change over the samples of both. It is green or red where a sign-flip test of the "
                                + "pairs finds it less than 5 % probable by chance alone; of twenty such tests one is expected "
                                + "to say so of nothing at all."),
                thead(tr(th("Measure")).with(each(scores.checkpoints(), c -> number(c)))),
                tbody(each(
                        scores.rows(),
                        row -> tr(th(text(row.measure()), span(row.definition()).withClass("definition"))
                                        .attr("scope", "row"))
                                .with(IntStream.range(0, scores.checkpoints().size())
                                        .mapToObj(column -> score(row, column)))))));
    }

    /** The table, under what must not be missed. */
    static List<DomContent> scoresWithAlarms(ScoreTable scores) {
        List<DomContent> parts = new ArrayList<>();
        scores.alarms().forEach(alarm -> parts.add(p(strong(alarm)).withClass("fault")));
        parts.add(scores(scores));
        return parts;
    }

    static List<DomContent> card(BenchmarkCard card) {
        List<DomContent> parts = new ArrayList<>();
        parts.add(scores(card.table()));
        card.remarks().forEach(remark -> parts.add(note(remark)));
        return parts;
    }

    private static DomContent score(ScoreTable.Row row, int column) {
        TdTag cell = number(td());
        Optional<MeanScore> value = row.values().get(column);
        if (value.isEmpty()) {
            return cell.withText("–");
        }
        MeanScore score = value.get();
        cell.withText(Numbers.significant(score.mean()));
        if (score.samples() > 1) {
            cell.with(span(interval(score.low(), score.high())).withClass("interval"));
        }
        row.change(column).ifPresent(change -> cell.with(change(row, column, change)));
        return cell;
    }

    private static DomContent change(ScoreTable.Row row, int column, double change) {
        Optional<PairedDifference> paired = row.differences().get(column);
        String judged = paired.map(difference -> switch (difference.verdict()) {
                    case REAL, MAY_BE_CHANCE ->
                        " %s, p = %s of %d"
                                .formatted(
                                        interval(difference.low(), difference.high()),
                                        Numbers.significant(difference.chance()),
                                        difference.pairs());
                    case TOO_FEW -> " %d pairs: too few for a claim".formatted(difference.pairs());
                })
                .orElse("");
        boolean claimed =
                paired.map(PairedDifference::verdict).map(Verdict.REAL::equals).orElse(true);
        return span(Numbers.signed(change) + judged)
                .withClass("change " + (claimed ? verdict(row, change) : "neutral"));
    }

    private static String interval(double low, double high) {
        return "[%s, %s]".formatted(Numbers.significant(low), Numbers.significant(high));
    }

    private static String verdict(ScoreTable.Row row, double change) {
        if (change == 0 || row.better() == Better.NEITHER) {
            return "neutral";
        }
        return change > 0 == (row.better() == Better.HIGHER) ? "better" : "worse";
    }

    static DomContent lineage(List<LineageEntry> entries) {
        return scrolling(table(
                caption("Every artifact with the hash of everything that decided it (key) and of what came out "
                        + "(manifest). Equal keys are never made twice."),
                thead(tr(th("Artifact"), th("Made by"), th("Key"), th("Manifest"), th("From"))),
                tbody(each(
                        entries,
                        e -> tr(
                                th(e.name()).attr("scope", "row"),
                                td(e.task()),
                                td(hash(e.key())),
                                td(hash(e.manifestSha256())),
                                td(String.join(", ", e.inputs())))))));
    }

    private static DomContent hash(String value) {
        return code(value.substring(0, Math.min(SHORT_HASH, value.length()))).attr("title", value);
    }

    /** A short list of names and values. */
    static DomContent scoreList(Map<String, Double> scores) {
        return ul(each(
                        scores,
                        (name, value) ->
                                li(span(name), span(Numbers.significant(value)).withClass("value"))))
                .withClass("scores");
    }

    static DomContent note(String sentence) {
        return p(sentence).withClass("note");
    }

    private static DomContent scrolling(DomContent table) {
        return div(table).withClass("scrolling").attr("tabindex", "0");
    }

    private static DomContent number(String heading) {
        return th(heading).withClass("number");
    }

    private static TdTag number(TdTag cell) {
        return cell.withClass("number");
    }
}
