package dev.mugv.steps.report;

import dev.mugv.model.statistics.PairedDifference;
import dev.mugv.model.statistics.PairedDifference.Verdict;
import dev.mugv.steps.report.StageResult.Counts;
import dev.mugv.steps.report.StageResult.FirstAndLast;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The plain text that ends a run on the terminal: what each stage took, kept and rejected for which reason, its first and
 * last losses, and the scores of the checkpoints. At most 100 columns unless names are very long.
 */
public final class SummaryTable {
    private static final int GAP = 2;

    private SummaryTable() {}

    /** The table, each line ended by a line feed. */
    public static String render(List<StageResult> stages, ScoreTable scores, BenchmarkCard card) {
        StringBuilder text = new StringBuilder();
        renderStages(stages, text);
        renderScores("scores (mean, change)", scores, text);
        scores.alarms().forEach(alarm -> text.append(alarm).append('\n'));
        renderScores("card of 100 (mean, change)", card.table(), text);
        card.remarks().forEach(remark -> text.append(remark).append('\n'));
        return text.toString();
    }

    private static void renderStages(List<StageResult> stages, StringBuilder text) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("stage", "time", "in", "kept", "rejected", "training loss", "validation loss"));
        for (StageResult stage : stages) {
            Optional<Counts> counts = stage.counts();
            lines.add(List.of(
                    stage.name(),
                    Numbers.duration(stage.elapsed()),
                    counts.map(c -> c.in() + " " + c.unit()).orElse(""),
                    counts.map(c -> Long.toString(c.kept())).orElse(""),
                    counts.map(c -> Long.toString(c.rejected())).orElse(""),
                    losses(stage.trainingLoss()),
                    losses(stage.validationLoss())));
        }
        int[] widths = widths(lines);
        line(lines.get(0), widths, text);
        rule(widths, text);
        for (int i = 0; i < stages.size(); i++) {
            line(lines.get(i + 1), widths, text);
            StageResult stage = stages.get(i);
            stage.counts()
                    .filter(c -> !c.rejectedByReason().isEmpty())
                    .ifPresent(c -> detail("rejected", reasons(c), text));
            if (!stage.scores().isEmpty()) {
                detail("scores", scores(stage), text);
            }
        }
    }

    private static void renderScores(String title, ScoreTable scores, StringBuilder text) {
        if (scores.rows().isEmpty()) {
            return;
        }
        text.append('\n');
        List<List<String>> lines = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of(title));
        heading.addAll(scores.checkpoints());
        lines.add(heading);
        for (ScoreTable.Row row : scores.rows()) {
            List<String> line = new ArrayList<>(List.of(row.measure() + direction(row)));
            IntStream.range(0, row.values().size()).forEach(column -> line.add(score(row, column)));
            lines.add(line);
        }
        int[] widths = widths(lines);
        line(lines.get(0), widths, text);
        rule(widths, text);
        lines.subList(1, lines.size()).forEach(line -> line(line, widths, text));
        Set<Verdict> said = scores.rows().stream()
                .flatMap(row -> row.differences().stream())
                .flatMap(Optional::stream)
                .map(PairedDifference::verdict)
                .collect(Collectors.toCollection(TreeSet::new));
        if (said.contains(Verdict.REAL)) {
            text.append("* less than %s probable by chance alone, by the same items of both\n"
                    .formatted(Numbers.significant(PairedDifference.LEVEL)));
        }
        if (said.contains(Verdict.MAY_BE_CHANCE)) {
            text.append("~ may be chance\n");
        }
        if (said.contains(Verdict.TOO_FEW)) {
            text.append("? fewer than %d items: no difference can be claimed\n".formatted(PairedDifference.FEWEST));
        }
    }

    private static String direction(ScoreTable.Row row) {
        return switch (row.better()) {
            case HIGHER -> " ↑";
            case LOWER -> " ↓";
            case NEITHER -> "";
        };
    }

    private static String score(ScoreTable.Row row, int column) {
        OptionalDouble change = row.change(column);
        return row.values().get(column).map(v -> Numbers.significant(v.mean())).orElse("–")
                + (change.isPresent() ? " (" + Numbers.signed(change.getAsDouble()) + mark(row, column) + ")" : "");
    }

    private static String mark(ScoreTable.Row row, int column) {
        return row.differences()
                .get(column)
                .map(difference -> switch (difference.verdict()) {
                    case REAL -> "*";
                    case MAY_BE_CHANCE -> "~";
                    case TOO_FEW -> "?";
                })
                .orElse("");
    }

    private static String losses(Optional<FirstAndLast> losses) {
        return losses.map(l -> Numbers.significant(l.first()) + " → " + Numbers.significant(l.last()))
                .orElse("");
    }

    private static String reasons(Counts counts) {
        return counts.rejectedByReason().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String scores(StageResult stage) {
        return stage.scores().entrySet().stream()
                .map(e -> e.getKey() + " " + Numbers.significant(e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static void detail(String name, String value, StringBuilder text) {
        text.append("  ").append(name).append(": ").append(value).append('\n');
    }

    private static int[] widths(List<List<String>> lines) {
        int[] widths = new int[lines.get(0).size()];
        for (List<String> line : lines) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], line.get(column).length());
            }
        }
        return widths;
    }

    private static void line(List<String> cells, int[] widths, StringBuilder text) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            String padding = " ".repeat(widths[column] - cell.length());
            // Names are read from the left, figures from the right.
            line.append(column == 0 ? cell + padding : " ".repeat(GAP) + padding + cell);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static void rule(int[] widths, StringBuilder text) {
        text.append("─".repeat(IntStream.of(widths).sum() + GAP * (widths.length - 1)))
                .append('\n');
    }
}
