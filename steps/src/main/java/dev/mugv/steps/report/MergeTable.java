package dev.mugv.steps.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.CheckpointMerge.Candidate;
import dev.mugv.model.statistics.MeanScore;
import j2html.tags.DomContent;
import j2html.tags.specialized.TrTag;
import java.util.List;
import java.util.Locale;

/** Which weights of the finetuning became the finetuned model, what else was tried, and why these. */
final class MergeTable {
    private MergeTable() {}

    /** The table with its reason; the reason alone where nothing was tried. */
    static List<DomContent> render(CheckpointMerge merge) {
        DomContent reason = p("Published: " + merge.reason() + ".");
        if (merge.candidates().isEmpty()) {
            return List.of(reason);
        }
        return List.of(
                reason,
                div(table(
                                caption(
                                        "Weights that the finetuning left or that were made of it, and their validation loss on "
                                                + "the fixed grid: the mean over its clips with its 95 % interval, less is better. The "
                                                + "error of an average that was put together from snapshots is the distance of its "
                                                + "profile to the one asked for, relative to that one's size."),
                                thead(tr(
                                        th("Weights"),
                                        number("Validation loss"),
                                        number("Above the least"),
                                        number("Error"))),
                                tbody(each(merge.candidates(), candidate -> row(merge, candidate)))))
                        .withClass("scrolling")
                        .attr("tabindex", "0"));
    }

    private static TrTag row(CheckpointMerge merge, Candidate candidate) {
        boolean isChosen = candidate.name().equals(merge.chosen());
        double least = merge.candidates().stream()
                .mapToDouble(Candidate::validationLoss)
                .min()
                .orElseThrow();
        MeanScore score = MeanScore.of(candidate.clipLosses().values().stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
        return tr(
                th(
                                text(candidate.name() + (isChosen ? " (published)" : "")),
                                span(candidate.description()).withClass("definition"))
                        .attr("scope", "row"),
                td(
                                text(loss(candidate.validationLoss())),
                                span(loss(score.low()) + " to " + loss(score.high()))
                                        .withClass("definition"))
                        .withClass("number"),
                td(loss(candidate.validationLoss() - least)).withClass("number"),
                td(candidate
                                .error()
                                .map(error -> String.format(Locale.ROOT, "%.1f %%", 100 * error))
                                .orElse("–"))
                        .withClass("number"));
    }

    private static String loss(double value) {
        return String.format(Locale.ROOT, "%.5f", value);
    }

    private static DomContent number(String heading) {
        return th(heading).withClass("number");
    }
}
