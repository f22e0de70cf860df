package dev.mugv.steps.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.li;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import dev.mugv.model.format.FilterChecks.Check;
import dev.mugv.model.format.FilterChecks.Variant;
import j2html.tags.DomContent;
import j2html.tags.specialized.TrTag;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** What every filter and detector made of the planted set. */
final class FilterCheckTable {
    private FilterCheckTable() {}

    /** The table; nothing where nothing was planted. */
    static List<DomContent> render(List<Check> checks) {
        if (checks.isEmpty()) {
            return List.of();
        }
        return List.of(div(table(
                        caption(
                                "Filters and detectors on a planted set: videos made of this run's clean clips, with defects, changes "
                                        + "of shot and copies whose truth is known. Precision is the share of right ones among what was "
                                        + "found, recall the share of what was planted that was found."),
                        thead(tr(
                                th("Filter"),
                                number("Precision"),
                                number("Recall"),
                                th("Found of planted"),
                                number("False alarms"))),
                        tbody(each(checks, FilterCheckTable::row))))
                .withClass("scrolling")
                .attr("tabindex", "0"));
    }

    private static TrTag row(Check check) {
        return tr(
                th(text(check.filter()), span(check.rule().orElse("no filter")).withClass("definition"))
                        .attr("scope", "row"),
                td(share(check.precision())).withClass("number"),
                td(share(check.recall())).withClass("number"),
                td(ul(each(check.variants(), variant -> li(variant(check, variant))))
                        .withClass("plain")),
                td(check.rule().isEmpty() ? "–" : Integer.toString(check.falseAlarms()))
                        .withClass("number"));
    }

    private static String variant(Check check, Variant variant) {
        return check.rule().isEmpty()
                ? "%s: %d planted, nothing looks for it".formatted(variant.name(), variant.planted())
                : "%s: %d of %d".formatted(variant.name(), variant.found(), variant.planted());
    }

    private static String share(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "–";
    }

    private static DomContent number(String heading) {
        return th(heading).withClass("number");
    }
}
