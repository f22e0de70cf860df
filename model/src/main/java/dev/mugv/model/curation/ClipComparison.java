package dev.mugv.model.curation;

import dev.mugv.model.format.ClipDuplicates;
import dev.mugv.model.format.ClipFingerprints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds clips of different videos that show the same material, as it is or mirrored.
 *
 * <p>An index over groups of 16 bits proposes pairs, so that not every clip meets every other; proposed pairs are
 * compared at every alignment in time in which they overlap by most of the shorter clip. Neighbouring clips of a slow
 * shot resemble each other's copies too, so a pair must also be nearly the best match that either clip has in the other's
 * video.
 */
public final class ClipComparison {
    private static final int GROUPS = Fingerprint.BITS / 16;

    /** Groups that a pair must share to be compared; two copies share dozens, unrelated clips about one by chance. */
    private static final int SHARED_GROUPS = 3;

    /** A group value held by more clips than this is a plain picture's and says nothing. */
    private static final int COMMON = 1000;

    private static final double OVERLAP = 0.6;

    /** How much worse than a clip's best match in a video another match in that video may be. */
    private static final double NEAR_BEST = 2;

    /** Distance that compression alone causes; below it matches are not ranked. */
    private static final double COMPRESSION = 0.03;

    private final double maxDistance;
    private final List<Clip> clips = new ArrayList<>();

    /** @param maxDistance largest share of differing bits at which two clips match */
    public ClipComparison(double maxDistance) {
        this.maxDistance = maxDistance;
    }

    /** Adds the clips of one video; clips of one video are never compared with each other. */
    public void add(ClipFingerprints video) {
        for (ClipFingerprints.Entry entry : video.clips()) {
            Fingerprint[] samples =
                    entry.samples().stream().map(Fingerprint::ofHex).toArray(Fingerprint[]::new);
            clips.add(new Clip(clips.size(), entry.clipId(), video.videoSha256(), samples));
        }
    }

    /** Compares everything added. */
    public ClipDuplicates compare() {
        List<Match> matches = new ArrayList<>();
        int candidates = 0;
        for (Map.Entry<Integer, Set<Integer>> row : candidates().entrySet()) {
            for (int other : row.getValue()) {
                candidates++;
                double distance = distance(clips.get(row.getKey()), clips.get(other));
                if (distance <= maxDistance) {
                    matches.add(new Match(clips.get(row.getKey()), clips.get(other), distance));
                }
            }
        }
        Map<String, Double> best = new HashMap<>();
        for (Match match : matches) {
            best.merge(match.first.id + ">" + match.second.video, match.distance, Math::min);
            best.merge(match.second.id + ">" + match.first.video, match.distance, Math::min);
        }
        List<ClipDuplicates.Pair> pairs = matches.stream()
                .filter(match -> match.isNear(best.getOrDefault(match.first.id + ">" + match.second.video, 1.0))
                        && match.isNear(best.getOrDefault(match.second.id + ">" + match.first.video, 1.0)))
                .map(Match::pair)
                .sorted(Comparator.comparing(ClipDuplicates.Pair::clipId).thenComparing(ClipDuplicates.Pair::otherId))
                .toList();
        return new ClipDuplicates(clips.size(), candidates, pairs);
    }

    /** Pairs of clip numbers, the smaller first, that share enough groups. */
    private Map<Integer, Set<Integer>> candidates() {
        Map<Integer, Set<Integer>> clipsByGroup = new HashMap<>();
        for (Clip clip : clips) {
            for (Fingerprint sample : clip.samples) {
                for (int group = 0; group < GROUPS; group++) {
                    clipsByGroup
                            .computeIfAbsent(group << 16 | sample.group(group), key -> new HashSet<>())
                            .add(clip.number);
                }
            }
        }
        Map<Long, Integer> shared = new HashMap<>();
        Map<Long, Integer> sharedMirrored = new HashMap<>();
        clips.forEach(clip -> countMirrored(clip, clipsByGroup, sharedMirrored));
        for (Set<Integer> holders : clipsByGroup.values()) {
            if (holders.size() > 1 && holders.size() <= COMMON) {
                count(holders.stream().sorted().toList(), shared);
            }
        }
        Map<Integer, Set<Integer>> pairs = new HashMap<>();
        Stream.of(shared, sharedMirrored)
                .forEach(counts -> counts.forEach((pair, count) -> {
                    if (count >= SHARED_GROUPS) {
                        pairs.computeIfAbsent((int) (pair >> 32), key -> new HashSet<>())
                                .add(pair.intValue());
                    }
                }));
        return pairs;
    }

    /** Pairs of which one is the mirror image of the other: each clip's mirrored groups are looked up among those of all. */
    private void countMirrored(Clip clip, Map<Integer, Set<Integer>> clipsByGroup, Map<Long, Integer> shared) {
        Set<Integer> groups = new HashSet<>();
        for (Fingerprint sample : clip.samples) {
            Fingerprint turned = sample.mirrored();
            for (int group = 0; group < GROUPS; group++) {
                groups.add(group << 16 | turned.group(group));
            }
        }
        for (int group : groups) {
            Set<Integer> holders = clipsByGroup.getOrDefault(group, Set.of());
            if (holders.size() <= COMMON) {
                // Looked up once from each side: only the larger number counts, or every pair would count twice.
                holders.stream()
                        .filter(other ->
                                other > clip.number && !clips.get(other).video.equals(clip.video))
                        .forEach(other -> shared.merge((long) clip.number << 32 | other, 1, Integer::sum));
            }
        }
    }

    private void count(List<Integer> holders, Map<Long, Integer> shared) {
        for (int left = 0; left < holders.size(); left++) {
            for (int right = left + 1; right < holders.size(); right++) {
                int first = holders.get(left);
                int second = holders.get(right);
                if (!clips.get(first).video.equals(clips.get(second).video)) {
                    shared.merge((long) first << 32 | second, 1, Integer::sum);
                }
            }
        }
    }

    /** Mean share of differing bits at the best alignment, of the clips as they are or of one mirrored. */
    private static double distance(Clip left, Clip right) {
        Fingerprint[] mirrored =
                Arrays.stream(right.samples).map(Fingerprint::mirrored).toArray(Fingerprint[]::new);
        return Math.min(distance(left.samples, right.samples), distance(left.samples, mirrored));
    }

    private static double distance(Fingerprint[] one, Fingerprint[] other) {
        int least = (int) Math.ceil(OVERLAP * Math.min(one.length, other.length));
        double best = 1;
        for (int offset = least - other.length; offset <= one.length - least; offset++) {
            int first = Math.max(0, offset);
            int end = Math.min(one.length, offset + other.length);
            long sum = 0;
            for (int at = first; at < end; at++) {
                sum += one[at].distance(other[at - offset]);
            }
            best = Math.min(best, sum / (double) ((long) (end - first) * Fingerprint.BITS));
        }
        return best;
    }

    /** One clip; equality is never asked. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Clip(int number, String id, String video, Fingerprint[] samples) {}

    private record Match(Clip first, Clip second, double distance) {
        boolean isNear(double best) {
            return distance <= NEAR_BEST * Math.max(best, COMPRESSION);
        }

        ClipDuplicates.Pair pair() {
            boolean ordered = first.id.compareTo(second.id) < 0;
            return new ClipDuplicates.Pair(ordered ? first.id : second.id, ordered ? second.id : first.id, distance);
        }
    }
}
