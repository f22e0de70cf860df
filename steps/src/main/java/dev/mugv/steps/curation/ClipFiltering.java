package dev.mugv.steps.curation;

import dev.mugv.model.config.Range;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DuplicatePair;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which clips are kept, as a pure function of kept scores and pairs of near-duplicates (mugv.md, section 1.1). */
public final class ClipFiltering {
    private final SortedMap<String, Range> filters;

    /**
     * @param filters closed range by the name of a score; the first one, by name, that a clip is outside of is its reason
     */
    public ClipFiltering(SortedMap<String, Range> filters) {
        this.filters = new TreeMap<>(filters);
    }

    /**
     * Applies the filters, then lets one clip of each set of near-duplicates survive: the one from the larger picture,
     * then the sharper one, then the one with the smaller id.
     *
     * @return one decision a clip, in the order given
     */
    public List<ClipDecision> decide(List<CatalogedClip> clips, List<DuplicatePair> duplicates) {
        Map<String, ClipDecision> decisions = new LinkedHashMap<>();
        clips.forEach(clip -> decisions.put(clip.clipId(), filtered(clip)));
        Map<String, Set<String>> twins = new HashMap<>();
        for (DuplicatePair pair : duplicates) {
            twins.computeIfAbsent(pair.clipId(), id -> new HashSet<>()).add(pair.otherId());
            twins.computeIfAbsent(pair.otherId(), id -> new HashSet<>()).add(pair.clipId());
        }
        Set<String> survivors = new HashSet<>();
        List<CatalogedClip> bestFirst = clips.stream()
                .filter(clip -> passes(clip))
                .sorted(Comparator.comparingLong((CatalogedClip clip) -> -(long) clip.width() * clip.height())
                        .thenComparing(clip -> -clip.score("sharpness"))
                        .thenComparing(CatalogedClip::clipId))
                .toList();
        for (CatalogedClip clip : bestFirst) {
            String twin = twins.getOrDefault(clip.clipId(), Set.of()).stream()
                    .filter(survivors::contains)
                    .sorted()
                    .findFirst()
                    .orElse("");
            if (twin.isEmpty()) {
                survivors.add(clip.clipId());
            } else {
                decisions.put(
                        clip.clipId(),
                        ClipDecision.reject(clip.clipId(), "near-duplicate", "same material as " + twin));
            }
        }
        return List.copyOf(decisions.values());
    }

    /** Whether no filter rejects the clip. */
    boolean passes(CatalogedClip clip) {
        return filters.entrySet().stream().allMatch(filter -> filter.getValue().contains(clip.score(filter.getKey())));
    }

    private ClipDecision filtered(CatalogedClip clip) {
        for (Map.Entry<String, Range> filter : filters.entrySet()) {
            double value = clip.score(filter.getKey());
            Range range = filter.getValue();
            if (!range.contains(value)) {
                String side = value < range.min() ? " too low" : " too high";
                return ClipDecision.reject(
                        clip.clipId(),
                        filter.getKey() + side,
                        String.format(Locale.ROOT, "%.4g, kept are %s", value, words(range)));
            }
        }
        return ClipDecision.keep(clip.clipId());
    }

    private static String words(Range range) {
        if (range.max() == Double.POSITIVE_INFINITY) {
            return String.format(Locale.ROOT, "%.4g and more", range.min());
        }
        return range.min() == Double.NEGATIVE_INFINITY
                ? String.format(Locale.ROOT, "%.4g and less", range.max())
                : String.format(Locale.ROOT, "%.4g to %.4g", range.min(), range.max());
    }
}
