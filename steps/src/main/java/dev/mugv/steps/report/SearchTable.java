package dev.mugv.steps.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.each;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.HyperParameterSearch.Trial;
import j2html.tags.DomContent;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** All trials of a search of hyper-parameters, what they lost, and which one was taken for which reason. */
public final class SearchTable {
    private SearchTable() {}

    /** The table with its reason. */
    public static List<DomContent> render(HyperParameterSearch search) {
        return List.of(
                p("%s: %s.".formatted(search.decided() ? "Decided" : "Nothing decided", search.reason()))
                        .withClass("note"),
                table(
                        caption(String.format(
                                Locale.ROOT,
                                "Trainings of '%s' over %,d updates, from the same weights and on the same batches. Losses are means over %d clips, %d cells; differences are to trial 0, the values that the stage states, clip by clip, with intervals at level %.3g.",
                                search.stage(),
                                search.updates(),
                                search.clips(),
                                search.cells(),
                                search.level())),
                        thead(tr(
                                th("Trial"),
                                th("Learning rate"),
                                th("Beta 2"),
                                th("Weight decay"),
                                th("Validation loss"),
                                th("Difference, %"),
                                th("Taken"))),
                        tbody(each(
                                IntStream.range(0, search.trials().size())
                                        .boxed()
                                        .toList(),
                                number -> row(number, search)))));
    }

    private static DomContent row(int number, HyperParameterSearch search) {
        Trial trial = search.trials().get(number);
        return tr(
                th(Integer.toString(number)).attr("scope", "row"),
                td(Double.toString(trial.values().learningRate())),
                td(Double.toString(trial.values().beta2())),
                td(Double.toString(trial.values().weightDecay())),
                td(trial.loss().map(Numbers::significant).orElse("diverged")),
                td(trial.difference()
                        .map(difference -> String.format(
                                Locale.ROOT,
                                "%.3g (%.3g to %.3g)",
                                100 * difference.mean(),
                                100 * difference.low(),
                                100 * difference.high()))
                        .orElse("–")),
                td(number == search.chosen() ? "taken" : ""));
    }
}
