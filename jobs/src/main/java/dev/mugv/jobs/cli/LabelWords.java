package dev.mugv.jobs.cli;

import dev.mugv.steps.labels.Agreement;
import dev.mugv.steps.labels.ExactBinomial;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.labels.LabelKind;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;

/** Labels in words for terminals. */
final class LabelWords {
    private LabelWords() {}

    static void print(Agreement found, PrintWriter out) {
        out.println("%s '%s': %d items, %d complete, %d labels"
                .formatted(
                        found.batch().kind().label(),
                        found.batch().name(),
                        found.items(),
                        found.complete(),
                        found.labels()));
        out.println();
        out.println("%-20s %8s  %s".formatted("agreement on", "items", "Krippendorff's alpha"));
        found.axes()
                .forEach(axis -> out.println(
                        String.format(Locale.ROOT, "%-20s %8d  %s", axis.axis(), axis.paired(), axis.text())));
        out.println();
        out.println("%-20s %8s".formatted("majority", "items"));
        found.verdicts().forEach((verdict, count) -> out.println("%-20s %8d".formatted(verdict, count)));
    }

    static void print(HumanStudy study, PrintWriter out) {
        print(study.agreement(), out);
        out.println();
        out.println("%-24s %8s  %s".formatted("method", "items", "share that passed each stage (95 %)"));
        for (HumanStudy.MethodRow method : study.methods()) {
            StringBuilder line = new StringBuilder("%-24s %8d ".formatted(method.method(), method.items()));
            for (String stage : LabelKind.HUMAN_EVALUATION.axisNames()) {
                line.append(' ')
                        .append(stage)
                        .append(' ')
                        .append(share(Objects.requireNonNull(method.stages().get(stage))));
            }
            out.println(line);
        }
        out.println();
        out.println(
                "%-40s %8s  %s".formatted("on the same prompts", "prompts", "wins of the first where one was better"));
        study.duels()
                .forEach(duel -> out.println(String.format(
                        Locale.ROOT,
                        "%-40s %8d  %s, p %.3f: %s",
                        duel.one() + " / " + duel.other(),
                        duel.prompts(),
                        share(duel.wins()),
                        duel.wins().signTest(),
                        duel.claim())));
    }

    private static String share(ExactBinomial count) {
        return count.trials() == 0
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "%.0f %% of %d (%.0f to %.0f)",
                        100 * count.share(),
                        count.trials(),
                        100 * count.low(),
                        100 * count.high());
    }
}
