package dev.mugv.steps.labels;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Agreement beyond chance for nominal values, any number of annotators and missing values (K. Krippendorff, Computing
 * Krippendorff's Alpha-Reliability, 2011, section C). 1 is full agreement, 0 what chance gives.
 */
public final class KrippendorffAlpha {
    private KrippendorffAlpha() {}

    /**
     * Alpha of the values that were given to each unit. Units with fewer than two count for nothing.
     *
     * @param units of each unit, the values that its annotators gave, in any order
     * @return absent where it is not defined: nothing can be paired, or only one value was ever given
     */
    public static OptionalDouble nominal(Collection<List<String>> units) {
        Map<String, Double> totals = new HashMap<>();
        double pairable = 0;
        double disagreement = 0;
        for (List<String> unit : units) {
            int given = unit.size();
            if (given < 2) {
                continue;
            }
            Map<String, Integer> counts = new HashMap<>();
            unit.forEach(value -> counts.merge(value, 1, Integer::sum));
            pairable += given;
            for (Map.Entry<String, Integer> count : counts.entrySet()) {
                totals.merge(count.getKey(), (double) count.getValue(), Double::sum);
                disagreement += (double) count.getValue() * (given - count.getValue()) / (given - 1);
            }
        }
        double expected = 0;
        for (double total : totals.values()) {
            expected += total * (pairable - total);
        }
        // Observed disagreement is disagreement / n, the expected one expected / (n (n - 1)).
        return expected == 0 ? OptionalDouble.empty() : OptionalDouble.of(1 - disagreement * (pairable - 1) / expected);
    }
}
