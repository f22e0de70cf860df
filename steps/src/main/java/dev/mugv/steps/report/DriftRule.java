package dev.mugv.steps.report;

import dev.mugv.model.format.SampleMeasure;
import dev.mugv.model.statistics.MeanScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an aligned model's samples may differ in from those of the model that it was aligned from, on the same prompts, pictures and noise.
 * A preference is often won by less motion, more colour or more contrast than anybody asked for (reward hacking): none of these is good
 * or bad by itself, so what moves far gives an alarm and no verdict.
 *
 * @param before checkpoint before alignment
 * @param after checkpoint after it
 * @param most largest relative change of a mean that gives no alarm, above 0
 */
public record DriftRule(String before, String after, double most) {
    private static final List<SampleMeasure> WATCHED =
            List.of(SampleMeasure.MOTION, SampleMeasure.SATURATION, SampleMeasure.SHARPNESS);

    public DriftRule {
        if (!(most > 0)) {
            throw new IllegalArgumentException("expected a largest change above 0, found " + most);
        }
    }

    /** One sentence for each watched measure that moved too far; none where a checkpoint was not measured. */
    List<String> alarms(ScoreTable table) {
        int first = table.checkpoints().indexOf(before);
        int second = table.checkpoints().indexOf(after);
        List<String> alarms = new ArrayList<>();
        if (first < 0 || second < 0) {
            return alarms;
        }
        for (ScoreTable.Row row : table.rows()) {
            Optional<MeanScore> from = row.values().get(first);
            Optional<MeanScore> to = row.values().get(second);
            if (isWatched(row) && from.isPresent() && to.isPresent()) {
                double change = to.get().mean() / from.get().mean() - 1;
                // Of a mean of 0 any other is infinitely far, and 0 itself no change.
                if (!Double.isNaN(change) && Math.abs(change) > most) {
                    alarms.add(alarm(row, change, to.get().samples()));
                }
            }
        }
        return alarms;
    }

    private static boolean isWatched(ScoreTable.Row row) {
        return WATCHED.stream()
                .anyMatch(measure -> row.measure().startsWith(measure.label().replace('-', ' ') + ","));
    }

    private String alarm(ScoreTable.Row row, double change, int samples) {
        return String.format(
                Locale.ROOT,
                "Alarm: %s, is %.0f %% %s in '%s' than in '%s' over %d samples (more than %.0f %%): preferences may have been won by that alone. Look at the samples; align less, or with more of the SFT loss.",
                row.measure(),
                100 * Math.abs(change),
                change > 0 ? "higher" : "lower",
                after,
                before,
                samples,
                100 * most);
    }
}
