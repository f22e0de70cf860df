package dev.mugv.steps.curation;

import dev.mugv.model.config.Range;
import dev.mugv.steps.catalog.CatalogedClip;
import dev.mugv.steps.catalog.ClipDecision;
import dev.mugv.steps.catalog.DuplicatePair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What other filters would decide about a run's clips. Nothing is measured anew: every score was kept.
 *
 * @param now what the present filters keep
 * @param then what the other filters would keep
 * @param changes clips whose decision would be another, in the order of the clips
 * @param borders each end of each of the other filters
 */
public record FilterForecast(Kept now, Kept then, List<Change> changes, List<Border> borders) {
    public FilterForecast {
        changes = List.copyOf(changes);
        borders = List.copyOf(borders);
    }

    /**
     * How much is kept.
     *
     * @param clips how many clips
     * @param seconds their length together, in seconds
     * @param rejected clips by the reason of their rejection
     */
    public record Kept(int clips, double seconds, SortedMap<String, Long> rejected) {}

    /**
     * A clip that would be decided otherwise.
     *
     * @param clipId the clip
     * @param now the reason of its rejection now, empty where it is kept
     * @param then the same by the other filters
     * @param detail the numbers behind the rejection by the other filters, or behind the present one of a clip that they would keep
     */
    public record Change(String clipId, String now, String then, String detail) {
        /** Whether it goes from kept to rejected. */
        public boolean isLost() {
            return now.isEmpty() && !then.isEmpty();
        }

        /** Whether it goes from rejected to kept. */
        public boolean isWon() {
            return !now.isEmpty() && then.isEmpty();
        }
    }

    /** Which end of a range. */
    public enum Side {
        AT_LEAST,
        AT_MOST
    }

    /** A clip and its value of the score in question. */
    public record Neighbour(String clipId, double value) {}

    /**
     * One end of a filter, and the clips next to it among those that all other filters keep: they are what moving it a little
     * would change.
     *
     * @param score name of the score
     * @param side which end
     * @param limit the end itself, in the score's unit
     * @param lost how many clips it alone rejects
     * @param justLost the nearest of them, the nearest first
     * @param justKept the nearest clips on the kept side, the nearest first
     */
    public record Border(
            String score, Side side, double limit, int lost, List<Neighbour> justLost, List<Neighbour> justKept) {
        public Border {
            justLost = List.copyOf(justLost);
            justKept = List.copyOf(justKept);
        }
    }

    /** A run's clips with their near-duplicates. */
    public record Clips(List<CatalogedClip> clips, List<DuplicatePair> duplicates) {
        public Clips {
            clips = List.copyOf(clips);
            duplicates = List.copyOf(duplicates);
        }
    }

    /**
     * Compares two sets of filters.
     *
     * @param shown most clips on each side of a border
     */
    public static FilterForecast of(
            Clips clips, SortedMap<String, Range> present, SortedMap<String, Range> other, int shown) {
        List<ClipDecision> now = new ClipFiltering(present).decide(clips.clips(), clips.duplicates());
        List<ClipDecision> then = new ClipFiltering(other).decide(clips.clips(), clips.duplicates());
        List<Change> changes = new ArrayList<>();
        for (int clip = 0; clip < now.size(); clip++) {
            ClipDecision before = now.get(clip);
            ClipDecision after = then.get(clip);
            if (!before.reason().equals(after.reason())) {
                changes.add(new Change(
                        before.clipId(),
                        before.reason(),
                        after.reason(),
                        after.isKept() ? before.detail() : after.detail()));
            }
        }
        return new FilterForecast(
                kept(clips.clips(), now), kept(clips.clips(), then), changes, borders(clips.clips(), other, shown));
    }

    private static Kept kept(List<CatalogedClip> clips, List<ClipDecision> decisions) {
        int count = 0;
        double seconds = 0;
        for (int clip = 0; clip < clips.size(); clip++) {
            if (decisions.get(clip).isKept()) {
                count++;
                seconds += clips.get(clip).seconds();
            }
        }
        return new Kept(
                count,
                seconds,
                decisions.stream()
                        .filter(decision -> !decision.isKept())
                        .collect(Collectors.groupingBy(ClipDecision::reason, TreeMap::new, Collectors.counting())));
    }

    private static List<Border> borders(List<CatalogedClip> clips, SortedMap<String, Range> filters, int shown) {
        List<Border> borders = new ArrayList<>();
        for (Map.Entry<String, Range> filter : filters.entrySet()) {
            SortedMap<String, Range> others = new TreeMap<>(filters);
            others.remove(filter.getKey());
            ClipFiltering otherwise = new ClipFiltering(others);
            List<Neighbour> candidates = clips.stream()
                    .filter(otherwise::passes)
                    .map(clip -> new Neighbour(clip.clipId(), clip.score(filter.getKey())))
                    .toList();
            Range range = filter.getValue();
            if (Double.isFinite(range.min())) {
                borders.add(border(filter.getKey(), Side.AT_LEAST, range, candidates, shown));
            }
            if (Double.isFinite(range.max())) {
                borders.add(border(filter.getKey(), Side.AT_MOST, range, candidates, shown));
            }
        }
        return borders;
    }

    private static Border border(String score, Side side, Range range, List<Neighbour> candidates, int shown) {
        double limit = side == Side.AT_LEAST ? range.min() : range.max();
        Comparator<Neighbour> nearest = Comparator.comparingDouble((Neighbour clip) -> Math.abs(clip.value() - limit))
                .thenComparing(Neighbour::clipId);
        List<Neighbour> lost = candidates.stream()
                .filter(clip -> side == Side.AT_LEAST ? clip.value() < limit : clip.value() > limit)
                .sorted(nearest)
                .toList();
        List<Neighbour> kept = candidates.stream()
                .filter(clip -> range.contains(clip.value()))
                .sorted(nearest)
                .toList();
        return new Border(score, side, limit, lost.size(), first(lost, shown), first(kept, shown));
    }

    private static List<Neighbour> first(List<Neighbour> clips, int count) {
        return clips.subList(0, Math.min(count, clips.size()));
    }
}
