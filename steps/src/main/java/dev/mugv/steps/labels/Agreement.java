package dev.mugv.steps.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How far the annotators of a batch agree, and what their majorities say.
 *
 * @param items of the batch
 * @param complete items with as many labels as the batch asks for
 * @param labels that stand
 * @param axes agreement on each axis, and on the verdict at the end
 * @param verdicts how many items came to each verdict; those without a majority under {@code no majority}
 */
public record Agreement(
        LabelBatch batch,
        int items,
        int complete,
        int labels,
        List<AxisAgreement> axes,
        Map<String, Integer> verdicts) {
    public static final String VERDICT = "verdict";
    public static final String NO_MAJORITY = "no majority";

    public Agreement {
        axes = List.copyOf(axes);
        verdicts = java.util.Collections.unmodifiableMap(new TreeMap<>(verdicts));
    }

    /**
     * Agreement on one axis.
     *
     * @param paired items that two or more annotators answered it of
     * @param alpha Krippendorff's; absent where it is not defined
     */
    public record AxisAgreement(String axis, int paired, Optional<Double> alpha) {
        /** Two decimals, or why there is no number. */
        public String text() {
            return alpha.map(value -> String.format(java.util.Locale.ROOT, "%.3f", value))
                    .orElse(paired == 0 ? "no item has two answers" : "only one answer was ever given");
        }
    }

    /** Looks at a batch as it stands. */
    public static Agreement of(LabelReader reader, LabelBatch batch) {
        return of(batch, reader.items(batch), reader.standing(batch));
    }

    /** The same of items and labels at hand. */
    public static Agreement of(LabelBatch batch, List<LabelItem> items, List<GivenLabel> standing) {
        List<AxisAgreement> axes = new ArrayList<>();
        for (String axis : batch.kind().axisNames()) {
            axes.add(axis(
                    axis, standing, label -> Optional.ofNullable(label.answers().get(axis))));
        }
        axes.add(axis(VERDICT, standing, label -> Optional.of(batch.kind().verdict(label.answers()))));
        List<MajorityVerdict> verdicts = MajorityVerdict.of(batch, items, standing);
        Map<String, Integer> counts = new TreeMap<>();
        verdicts.forEach(verdict -> counts.merge(verdict.verdict().orElse(NO_MAJORITY), 1, Integer::sum));
        int complete =
                (int) verdicts.stream().filter(MajorityVerdict::isComplete).count();
        return new Agreement(batch, items.size(), complete, standing.size(), axes, counts);
    }

    private static AxisAgreement axis(
            String name, List<GivenLabel> standing, java.util.function.Function<GivenLabel, Optional<String>> answer) {
        List<List<String>> units = MajorityVerdict.byItem(standing).values().stream()
                .map(labels ->
                        labels.stream().map(answer).flatMap(Optional::stream).toList())
                .toList();
        int paired = (int) units.stream().filter(unit -> unit.size() > 1).count();
        OptionalDouble alpha = KrippendorffAlpha.nominal(units);
        return new AxisAgreement(name, paired, alpha.isPresent() ? Optional.of(alpha.getAsDouble()) : Optional.empty());
    }
}
