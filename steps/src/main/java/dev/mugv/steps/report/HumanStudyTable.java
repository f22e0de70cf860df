package dev.mugv.steps.report;

import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.p;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.ExactBinomial;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.labels.LabelKind;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Labels of people as tables: how far they agree, what their majorities say, and of a blind evaluation who won. */
public final class HumanStudyTable {
    private HumanStudyTable() {}

    /** Agreement and majorities of a batch. */
    public static List<DomContent> of(Agreement found) {
        List<DomContent> parts = new ArrayList<>();
        parts.add(p("%s: %d items, %d of them with all %d labels, %d labels in all."
                .formatted(
                        sentence(found.batch().kind().label()),
                        found.items(),
                        found.complete(),
                        found.batch().annotatorsPerItem(),
                        found.labels())));
        parts.add(rows(
                "Agreement beyond chance (Krippendorff's alpha, nominal): 1 is full agreement, 0 what chance gives.",
                List.of("Question", "#Items with two answers or more", "#Alpha"),
                found.axes().stream()
                        .map(axis -> List.of(axis.axis(), Integer.toString(axis.paired()), axis.text()))
                        .toList()));
        parts.add(rows(
                "What more than half of the annotators said.",
                List.of("Majority", "#Items"),
                found.verdicts().entrySet().stream()
                        .map(verdict -> List.of(verdict.getKey(), Integer.toString(verdict.getValue())))
                        .toList()));
        return parts;
    }

    /** A blind evaluation. */
    public static List<DomContent> of(HumanStudy study) {
        List<DomContent> parts = new ArrayList<>();
        List<String> headings = new ArrayList<>(List.of("Method", "#Items"));
        LabelKind.HUMAN_EVALUATION.axisNames().forEach(stage -> headings.add("#" + sentence(stage)));
        parts.add(rows(
                "Share of items that passed each stage by the majority, with exact 95 % intervals. Items without all their labels"
                        + " are left out.",
                headings, study.methods().stream().map(HumanStudyTable::method).toList()));
        parts.add(rows(
                "Two methods on the same prompts: how often the first went further than the second where one did, with the exact"
                        + " interval and sign test. Too few is said where no outcome could show a difference.",
                List.of("Methods", "#Prompts", "#Wins of the first", "#p", "Difference"),
                study.duels().stream().map(HumanStudyTable::duel).toList()));
        parts.addAll(of(study.agreement()));
        return parts;
    }

    private static List<String> method(HumanStudy.MethodRow method) {
        List<String> cells = new ArrayList<>(List.of(method.method(), Integer.toString(method.items())));
        for (String stage : LabelKind.HUMAN_EVALUATION.axisNames()) {
            cells.add(share(Objects.requireNonNull(method.stages().get(stage))));
        }
        return cells;
    }

    private static List<String> duel(HumanStudy.Duel duel) {
        return List.of(
                duel.one() + " against " + duel.other(),
                Integer.toString(duel.prompts()),
                share(duel.wins()),
                String.format(Locale.ROOT, "%.3f", duel.wins().signTest()),
                duel.claim());
    }

    private static String share(ExactBinomial count) {
        return count.trials() == 0
                ? "none to count"
                : String.format(
                        Locale.ROOT,
                        "%.0f %% of %d (%.0f to %.0f)",
                        100 * count.share(),
                        count.trials(),
                        100 * count.low(),
                        100 * count.high());
    }

    private static String sentence(String name) {
        String words = name.replace('-', ' ');
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static DomContent rows(String about, List<String> headings, List<List<String>> rows) {
        return div(table(
                        caption(about),
                        thead(tr(each(
                                headings,
                                heading -> heading.startsWith("#")
                                        ? th(heading.substring(1))
                                                .attr("scope", "col")
                                                .withClass("number")
                                        : th(heading).attr("scope", "col")))),
                        tbody().with(rows.stream().map(cells -> row(headings, cells)))))
                .withClass("scrolling")
                .attr("tabindex", "0")
                .attr("role", "region")
                .attr("aria-label", about);
    }

    private static DomContent row(List<String> headings, List<String> cells) {
        List<DomContent> row = new ArrayList<>(List.of(th(cells.get(0)).attr("scope", "row")));
        for (int i = 1; i < cells.size(); i++) {
            row.add(headings.get(i).startsWith("#") ? td(cells.get(i)).withClass("number") : td(cells.get(i)));
        }
        return tr().with(row);
    }
}
