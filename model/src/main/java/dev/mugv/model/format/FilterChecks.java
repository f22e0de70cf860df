package dev.mugv.model.format;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What filters and detectors made of a planted set: {@code checks.json} of {@code check-filters}.
 *
 * @param clips how many clean clips could be planted into
 * @param checks one a filter
 */
public record FilterChecks(int clips, List<Check> checks) {
    public static final String FILE_NAME = "checks.json";

    public FilterChecks {
        checks = List.copyOf(checks);
    }

    /**
     * One filter or detector.
     *
     * @param filter its name: that of a score, or of what is detected
     * @param rule by what it decides, in words; empty where nothing looks for the defect
     * @param variants what was planted for it, and how much of each was found
     * @param sound how many sound things it could have taken for a defect
     * @param falseAlarms how many of them it did
     */
    public record Check(String filter, Optional<String> rule, List<Variant> variants, int sound, int falseAlarms) {
        public Check {
            variants = List.copyOf(variants);
        }

        /** How many were planted. */
        public int planted() {
            return variants.stream().mapToInt(Variant::planted).sum();
        }

        /** How many of these were found. */
        public int found() {
            return variants.stream().mapToInt(Variant::found).sum();
        }

        /** Share of right ones among what was found; empty when nothing was. */
        public OptionalDouble precision() {
            int all = found() + falseAlarms;
            return rule.isEmpty() || all == 0 ? OptionalDouble.empty() : OptionalDouble.of(found() / (double) all);
        }

        /** Share of what was planted that was found; empty when nothing was planted or nothing looks for it. */
        public OptionalDouble recall() {
            int all = planted();
            return rule.isEmpty() || all == 0 ? OptionalDouble.empty() : OptionalDouble.of(found() / (double) all);
        }
    }

    /**
     * One strength of a defect.
     *
     * @param name for example {@code dissolve of 16 frames}
     * @param planted how many there are
     * @param found how many of them the filter found
     */
    public record Variant(String name, int planted, int found) {
        public Variant {
            if (planted < 0 || found < 0 || found > planted) {
                throw new IllegalArgumentException(
                        name + ": expected 0 <= found <= planted, found " + found + " of " + planted);
            }
        }
    }
}
