package dev.mugv.model.format;

import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.config.PlateauSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a stage's plateau rule has seen, and whether it ended the stage: {@code plateau.json}, in the training's durable folder while it
 * goes on, in its artifact afterwards. Every number follows from {@link ValidationLine}s.
 *
 * @param stage name of the stage
 * @param schedule the rule, and when it looks
 * @param clips clips of the validation grid
 * @param cells losses of one validation
 * @param looks in the order of updates; the last one may have ended the stage
 */
public record PlateauLooks(String stage, PlateauSchedule schedule, int clips, int cells, List<Look> looks) {
    public static final String FILE_NAME = "plateau.json";

    public PlateauLooks {
        looks = List.copyOf(looks);
    }

    /**
     * One look: the improvement over a window of validations, by the straight line that fits best, as a share of the loss at its
     * beginning.
     *
     * @param since update of the window's first validation
     * @param update of its last one
     * @param lossSince mean validation loss at the first
     * @param loss at the last
     * @param improvement the share; negative where the loss rose
     * @param low lower end of its interval
     * @param high upper end: under the rule's least improvement the stage ends
     * @param clipError standard error by the choice of clips
     * @param updateError standard error by how validations scatter around the line
     * @param freedom degrees of freedom of the two together
     * @param ends whether it ended the stage
     */
    public record Look(
            long since,
            long update,
            double lossSince,
            double loss,
            double improvement,
            double low,
            double high,
            double clipError,
            double updateError,
            double freedom,
            boolean ends) {
        /** For example {@code 0.21 % (-0.10 % to 0.52 %)}. */
        public String interval() {
            return String.format(Locale.ROOT, "%.3g %% (%.3g %% to %.3g %%)", 100 * improvement, 100 * low, 100 * high);
        }
    }

    /** The same with one more look. */
    public PlateauLooks with(Look look) {
        List<Look> more = new ArrayList<>(looks);
        more.add(look);
        return new PlateauLooks(stage, schedule, clips, cells, more);
    }

    /** The newest look. */
    public Optional<Look> last() {
        return looks.isEmpty() ? Optional.empty() : Optional.of(looks.get(looks.size() - 1));
    }

    /** The look that ended the stage. */
    public Optional<Look> end() {
        return last().filter(Look::ends);
    }

    /** What came of the rule by now, as a sentence of its own. */
    public String sentence() {
        String words = words();
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    /** What came of the rule by now with its numbers, to follow the name of the stage. */
    public String words() {
        if (clips < PlateauRule.FEWEST_CLIPS) {
            return "cannot be ended at a plateau: %d clips are held out, at least %d are needed to tell one"
                    .formatted(clips, PlateauRule.FEWEST_CLIPS);
        }
        double asked = 100 * schedule.rule().leastImprovement();
        return last().map(look -> String.format(
                        Locale.ROOT,
                        "%s after update %d of at most %d: from update %d the validation loss went from %.6g to %.6g, an improvement of %s where at least %.3g %% is asked for; %d clips, %d cells, look %d of at most %d at level %.3g",
                        look.ends() ? "ended at a plateau" : "no plateau",
                        look.update(),
                        schedule.updates(),
                        look.since(),
                        look.lossSince(),
                        look.loss(),
                        look.interval(),
                        asked,
                        clips,
                        cells,
                        looks.size(),
                        schedule.looks(),
                        schedule.level()))
                .orElse(String.format(
                        Locale.ROOT,
                        "no look yet of at most %d at a plateau, %.3g %% asked for",
                        schedule.looks(),
                        asked));
    }

    /** The same for tables of figures. */
    public SortedMap<String, Double> figures() {
        SortedMap<String, Double> figures = new TreeMap<>();
        figures.put("planned-updates", (double) schedule.updates());
        figures.put("plateau-looks", (double) looks.size());
        figures.put("plateau-ended", end().isPresent() ? 1.0 : 0.0);
        figures.put("plateau-clips", (double) clips);
        figures.put("plateau-cells", (double) cells);
        last().ifPresent(look -> {
            figures.put("plateau-improvement", look.improvement());
            figures.put("plateau-improvement-low", look.low());
            figures.put("plateau-improvement-high", look.high());
        });
        return figures;
    }
}
