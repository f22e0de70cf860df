package dev.mugv.jobs.certify;

import java.util.ArrayList;
import java.util.List;

/**
 * What was found wrong.
 *
 * @param duplicates work that was done twice, or at the same time by two
 * @param losses work that nobody did, or that nobody knows of
 * @param wrongVerdicts verdicts that are not what happened
 * @param unexplained failures of the cluster itself, rightly judged, that were not ours
 */
record Findings(List<String> duplicates, List<String> losses, List<String> wrongVerdicts, List<String> unexplained) {
    Findings {
        duplicates = List.copyOf(duplicates);
        losses = List.copyOf(losses);
        wrongVerdicts = List.copyOf(wrongVerdicts);
        unexplained = List.copyOf(unexplained);
    }

    static Findings none() {
        return new Findings(List.of(), List.of(), List.of(), List.of());
    }

    static Findings loss(String text) {
        return new Findings(List.of(), List.of(text), List.of(), List.of());
    }

    Findings and(Findings other) {
        return new Findings(
                joined(duplicates, other.duplicates),
                joined(losses, other.losses),
                joined(wrongVerdicts, other.wrongVerdicts),
                joined(unexplained, other.unexplained));
    }

    boolean areNone() {
        return duplicates.isEmpty() && losses.isEmpty() && wrongVerdicts.isEmpty();
    }

    private static List<String> joined(List<String> a, List<String> b) {
        List<String> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }
}
