package dev.mugv.model.curation;

import dev.mugv.model.format.FrameRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds abrupt changes of the picture that last.
 *
 * <p>A hard cut is a frame that its predecessor cannot predict although motion is allowed for, much worse than the
 * frames around it predict each other (so that fast motion, where every frame is predicted badly, is none), and that no
 * frame shortly before can predict either. When the picture returns to what it was within a few frames, it was a
 * disturbance of the shot, not a cut: a flash, an inserted frame.
 */
final class HardCutDetector {
    /** Frames that a picture must last on both sides of a cut to be a shot. */
    static final int SHORTEST_SHOT = 5;

    /** Frames beyond a candidate that must be known before it is judged. */
    static final int LOOK_AHEAD = 6;

    private static final int NEIGHBOURS = 4;

    /** Mean difference per level of contrast below which no block matching is needed to know that nothing changed. */
    private static final double QUIET = 0.08;

    private static final double PEAK = 1.3;

    /** Unrelated scenes measured 0.61 and more, moving ones 0.41 and less (30 real videos). */
    private static final double UNRELATED = 0.5;

    private static final double UNRELATED_TO_MOTION = 2.5;

    /** Scenes that share a part of the picture: accepted only when everything around them is much calmer. */
    private static final double PARTLY_RELATED = 0.3;

    private static final double PARTLY_RELATED_TO_MOTION = 5;
    private static final double PARTLY_RELATED_LEVEL = 0.45;

    /** Contrast below which a picture has no structure to compare; its colours are compared instead. */
    static final double FLAT = 3;

    private static final double FLAT_DIFFERENCE = 10;
    private static final double FLAT_TO_MOTION = 5;
    private static final double WIDESPREAD = 0.5;

    /** Part of a candidate's dissimilarity that must remain between the frames around it. */
    private static final double LASTING = 0.6;

    /** Part of a jump of light below which it is over. */
    private static final double RETURNED = 0.35;

    private final FrameHistory history;
    private final List<Integer> cuts = new ArrayList<>();
    private final List<FrameRange> disturbances = new ArrayList<>();

    HardCutDetector(FrameHistory history) {
        this.history = history;
    }

    List<Integer> cuts() {
        return cuts;
    }

    List<FrameRange> disturbances() {
        return disturbances;
    }

    /** Judges whether a shot begins at this frame; the frames after it, as many as there are, must be in the history. */
    void judge(int frame) {
        if (frame < 1) {
            return;
        }
        if (!isAbrupt(frame)) {
            judgeFlash(frame);
            return;
        }
        int last = Math.min(history.end() - 1, frame + SHORTEST_SHOT);
        for (int later = frame + 1; later <= last; later++) {
            if (!isStillChanged(frame, frame - 1, later)) {
                disturbances.add(new FrameRange(frame, later));
                return;
            }
        }
        int first = Math.max(history.start(), frame - 1 - SHORTEST_SHOT);
        for (int earlier = frame - 2; earlier >= first; earlier--) {
            if (!isStillChanged(frame, earlier, frame)) {
                return;
            }
        }
        if (frame < SHORTEST_SHOT) {
            disturbances.add(new FrameRange(0, frame));
        } else if (history.end() - frame < SHORTEST_SHOT) {
            disturbances.add(new FrameRange(frame, history.end()));
        } else if (isWidespread(frame)) {
            cuts.add(frame);
        }
    }

    /** Notes light that jumps and is back within a few frames. */
    private void judgeFlash(int frame) {
        double jump = history.difference(frame);
        if (jump < FLAT_DIFFERENCE || jump < FLAT_TO_MOTION * neighbouringDifference(frame)) {
            return;
        }
        int last = Math.min(history.end() - 1, frame + SHORTEST_SHOT);
        for (int later = frame + 1; later <= last; later++) {
            if (history.at(frame - 1).difference(history.at(later)) < RETURNED * jump) {
                disturbances.add(new FrameRange(frame, later));
                return;
            }
        }
    }

    private boolean isAbrupt(int frame) {
        double difference = history.difference(frame);
        double contrast =
                Math.max(history.at(frame).deviation(), history.at(frame - 1).deviation());
        if (difference < QUIET * Math.max(contrast, FLAT) || difference < PEAK * neighbouringDifference(frame)) {
            return false;
        }
        if (isFlat(frame) || isFlat(frame - 1)) {
            return difference >= FLAT_DIFFERENCE && difference >= FLAT_TO_MOTION * neighbouringDifference(frame);
        }
        if (!history.isUnlike(frame - 1, frame, PARTLY_RELATED)) {
            return false;
        }
        Dissimilarity change = history.dissimilarity(frame - 1, frame);
        double motion = neighbouringStructure(frame);
        return change.structure() >= UNRELATED && change.structure() >= UNRELATED_TO_MOTION * motion
                || change.level() >= PARTLY_RELATED_LEVEL && change.structure() >= PARTLY_RELATED_TO_MOTION * motion;
    }

    /** Whether most of the picture changed: a title that appears, or one inserted object, makes no new shot. */
    private boolean isWidespread(int frame) {
        return isFlat(frame)
                || isFlat(frame - 1)
                || history.dissimilarity(frame - 1, frame).changedShare() >= WIDESPREAD;
    }

    private boolean isFlat(int frame) {
        return history.at(frame).deviation() < FLAT;
    }

    /** Whether two frames around a candidate are about as unlike as the candidate and its predecessor. */
    private boolean isStillChanged(int candidate, int earlier, int later) {
        if (isFlat(earlier) || isFlat(later)) {
            double difference = history.at(earlier).difference(history.at(later));
            return difference >= LASTING * history.difference(candidate);
        }
        if (isFlat(candidate) || isFlat(candidate - 1)) {
            return history.isUnlike(earlier, later, UNRELATED);
        }
        double structure = history.dissimilarity(candidate - 1, candidate).structure();
        return history.isUnlike(earlier, later, LASTING * structure);
    }

    private double neighbouringDifference(int frame) {
        return neighbouringMedian(frame, history::difference);
    }

    private double neighbouringStructure(int frame) {
        return neighbouringMedian(frame, at -> history.dissimilarity(at - 1, at).structure());
    }

    private double neighbouringMedian(int frame, java.util.function.IntToDoubleFunction measure) {
        int first = Math.max(history.start() + 1, frame - NEIGHBOURS);
        int last = Math.min(history.end() - 1, frame + NEIGHBOURS);
        double[] values = new double[last - first];
        int count = 0;
        for (int at = first; at <= last; at++) {
            if (at != frame) {
                values[count++] = measure.applyAsDouble(at);
            }
        }
        Arrays.sort(values);
        return count == 0 ? 0 : values[(count - 1) / 2];
    }
}
