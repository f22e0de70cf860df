package dev.mugv.model.curation;

import java.util.HashMap;
import java.util.Map;

/** The latest frames of a video, as far back as any detection looks; memory does not grow with the video. */
final class FrameHistory {
    static final int LENGTH = 256;

    private final ShotFrame[] frames = new ShotFrame[LENGTH];
    private final double[] differences = new double[LENGTH];
    private final Map<Long, Dissimilarity> compared = new HashMap<>();
    private int end;

    void add(ShotFrame frame) {
        if (frame.index() != end) {
            throw new IllegalArgumentException("expected frame " + end + ", found " + frame.index());
        }
        differences[end % LENGTH] = end == 0 ? 0 : frame.difference(at(end - 1));
        frames[end % LENGTH] = frame;
        end++;
        if (compared.size() > 4 * LENGTH) {
            compared.keySet().removeIf(key -> (int) (key >> 32) < start());
        }
    }

    /** Index of the oldest frame held. */
    int start() {
        return Math.max(0, end - LENGTH);
    }

    /** One beyond the newest frame. */
    int end() {
        return end;
    }

    ShotFrame at(int index) {
        if (index < start() || index >= end) {
            throw new IndexOutOfBoundsException("frame " + index + " of " + start() + " to " + (end - 1));
        }
        return frames[index % LENGTH];
    }

    /** Mean absolute difference of a frame to its predecessor, without motion; 0 for the first. */
    double difference(int index) {
        return differences[index % LENGTH];
    }

    /** Whether the structure of two frames held is at least so unlike; less work than {@link #dissimilarity}. */
    boolean isUnlike(int earlier, int later, double structure) {
        Dissimilarity known = compared.get(key(earlier, later));
        return known == null
                ? Dissimilarity.isStructureAtLeast(at(earlier), at(later), structure)
                : known.structure() >= structure;
    }

    /** Dissimilarity of two frames held, computed once. */
    Dissimilarity dissimilarity(int earlier, int later) {
        return compared.computeIfAbsent(key(earlier, later), key -> Dissimilarity.between(at(earlier), at(later)));
    }

    private static long key(int earlier, int later) {
        return (long) earlier << 32 | later;
    }
}
