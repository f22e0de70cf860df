package dev.mugv.steps.curation;

import dev.mugv.model.config.Range;
import dev.mugv.model.config.TaggedGroup;
import java.util.List;
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
 * @param groups clips that finetuning sees more or less often
 * @param seed decides which clips are held out
 */
public record SelectionRules(
        SortedMap<String, Range> filters,
        double balancePower,
        double heldOutShare,
        double heldOutSeconds,
        double finetuneShare,
        List<TaggedGroup> groups,
        long seed) {
    public SelectionRules {
        filters = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(filters));
        groups = List.copyOf(groups);
    }

    /** The same without tagged groups. */
    public SelectionRules(
            SortedMap<String, Range> filters,
            double balancePower,
            double heldOutShare,
            double heldOutSeconds,
            double finetuneShare,
            long seed) {
        this(filters, balancePower, heldOutShare, heldOutSeconds, finetuneShare, List.of(), seed);
    }

    /** By how much finetuning sees a clip with these tags more often; 1 for clips of no group. */
    double groupWeight(List<String> tags) {
        return groups.stream()
                .filter(group -> group.tags().stream().anyMatch(tags::contains))
                .mapToDouble(TaggedGroup::weight)
                .max()
                .orElse(1);
    }
}
