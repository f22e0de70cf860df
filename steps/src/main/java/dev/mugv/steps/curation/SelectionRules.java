package dev.mugv.steps.curation;

import dev.mugv.model.config.Range;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Rules of the decisions about clips.
 *
 * @param filters closed range by score name; a clip outside any of them is rejected
 * @param balancePower 0 leaves clips equal, 1 gives every tag the same share
 * @param heldOutShare share of kept clips that only validation sees
 * @param heldOutSeconds clips at least this long are held out first, so that every stage can be validated on them
 * @param finetuneShare share of training clips, best composite score first, for supervised finetuning
 * @param seed decides which clips are held out
 */
public record SelectionRules(
        SortedMap<String, Range> filters,
        double balancePower,
        double heldOutShare,
        double heldOutSeconds,
        double finetuneShare,
        long seed) {
    public SelectionRules {
        filters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(filters));
    }
}
