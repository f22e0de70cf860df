package dev.mugv.model.curation;

import dev.mugv.model.format.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds dissolves and fades: stretches whose frames are blends of a frame before and a frame after, with a weight that
 * only rises, where the two are unrelated pictures.
 *
 * <p>What else could look so is told apart by a measure each. Motion between two views: its middle frames are no blend
 * of the ends (measured 0.14 of the energy unexplained and more, dissolves 0.01). A hard cut inside the stretch: no
 * middle weights. A change of light: the ends correlate. A title or object that fades in: most blocks are unchanged.
 */
final class DissolveDetector {
    /** Stretches tested, in frames. */
    private static final int[] LENGTHS = {5, 8, 12, 18, 27, 40, 60};

    private static final int LONGEST = 60;
    private static final int TESTED_BETWEEN = 5;
    private static final double LEAST_DISTANCE = 6;
    private static final double EXPLAINED = 0.07;

    /** Fall of the weight between tested frames that noise may cause. */
    private static final double WEIGHT_NOISE = 0.03;

    private static final double UNRELATED = 0.35;
    private static final double WIDESPREAD = 0.5;

    /** Squared correlation of the ends' luma from which they are one scene in another light. */
    private static final double SAME_SCENE = 0.8;

    /** Fall of the weight that shows another transition. */
    private static final double TURNING_BACK = 0.05;

    /** Contrast below which a picture counts as flat: black, white or one colour. */
    private static final double FLAT = 4;

    /** Part of the dissolve's own speed below which the weight is taken to stand still. */
    private static final double STANDSTILL = 0.3;

    private final FrameHistory history;
    private final List<Transition> transitions = new ArrayList<>();
    private @Nullable Stretch open;

    DissolveDetector(FrameHistory history) {
        this.history = history;
    }

    List<Transition> transitions() {
        return transitions;
    }

    /** Tests the stretches that end at this frame, the newest of the history. */
    void judge(int frame) {
        for (int length : LENGTHS) {
            // Longer stretches overlap enough when tested at every length/6-th frame.
            if (frame >= length && frame % Math.max(1, length / 6) == 0) {
                test(frame - length, frame);
            }
        }
        Stretch current = open;
        if (current != null && frame >= current.end + LONGEST) {
            close(current);
        }
    }

    /** Closes what is still open at the video's end. */
    void finish() {
        Stretch current = open;
        if (current != null) {
            close(current);
        }
    }

    private void test(int first, int last) {
        BlendFit fit = new BlendFit(history.at(first), history.at(last));
        if (fit.distance() < LEAST_DISTANCE) {
            return;
        }
        double residual = middleResidual(fit, first, last);
        if (residual > EXPLAINED || !areUnrelated(first, last)) {
            return;
        }
        Stretch found = new Stretch(first, last, first, last, fit.distance() * (1 - residual / EXPLAINED));
        Stretch current = open;
        if (current == null) {
            open = found;
        } else if (continues(current, found)) {
            open = current.joined(found);
        } else {
            close(current);
            open = found;
        }
    }

    /** Whether a stretch leads on to where the one before it leads, and not back, as a fade in after a fade out does. */
    private boolean continues(Stretch current, Stretch next) {
        if (next.first > current.end) {
            return false;
        }
        BlendFit fit = new BlendFit(history.at(current.bestFirst), history.at(current.bestLast));
        return fit.weight(history.at(next.end)) >= fit.weight(history.at(current.end)) - TURNING_BACK;
    }

    /** Mean unexplained part of the frames between; infinite when their weights are not those of a dissolve. */
    private double middleResidual(BlendFit fit, int first, int last) {
        double sum = 0;
        int middle = 0;
        double before = 0;
        for (int number = 1; number <= TESTED_BETWEEN; number++) {
            int at = first + Math.round((last - first) * number / (float) (TESTED_BETWEEN + 1));
            double weight = fit.weight(history.at(at));
            if (weight < before - WEIGHT_NOISE || weight > 1 + WEIGHT_NOISE) {
                return Double.POSITIVE_INFINITY;
            }
            before = Math.max(before, weight);
            double unexplained = fit.residual(history.at(at), weight);
            if (unexplained > 2 * EXPLAINED) {
                return Double.POSITIVE_INFINITY;
            }
            if (weight > 0.1 && weight < 0.9) {
                sum += unexplained;
                middle++;
            }
        }
        return middle < 3 ? Double.POSITIVE_INFINITY : sum / middle;
    }

    private boolean areUnrelated(int first, int last) {
        ShotFrame from = history.at(first);
        ShotFrame to = history.at(last);
        if (from.deviation() < FLAT || to.deviation() < FLAT) {
            return from.deviation() >= FLAT || to.deviation() >= FLAT;
        }
        if (correlation(from, to) > Math.sqrt(SAME_SCENE)) {
            return false;
        }
        return history.isUnlike(first, last, UNRELATED)
                && history.dissimilarity(first, last).changedShare() >= WIDESPREAD;
    }

    private static double correlation(ShotFrame left, ShotFrame right) {
        int count = left.luma().length;
        double sumLeft = 0;
        double sumRight = 0;
        double product = 0;
        for (int at = 0; at < count; at++) {
            sumLeft += left.luma()[at];
            sumRight += right.luma()[at];
            product += left.luma()[at] * right.luma()[at];
        }
        double covariance = product / count - sumLeft / count * (sumRight / count);
        return covariance / Math.max(1e-9, left.deviation() * right.deviation());
    }

    private void close(Stretch stretch) {
        open = null;
        BlendFit fit = new BlendFit(history.at(stretch.bestFirst), history.at(stretch.bestLast));
        int centre = stretch.bestFirst;
        while (centre < stretch.bestLast && fit.weight(history.at(centre)) < 0.5) {
            centre++;
        }
        double speed = (fit.weight(history.at(Math.min(centre + 1, stretch.bestLast)))
                        - fit.weight(history.at(Math.max(centre - 2, stretch.bestFirst))))
                / (Math.min(centre + 1, stretch.bestLast) - Math.max(centre - 2, stretch.bestFirst));
        int first = centre;
        while (first > history.start() + 1 && risesTo(fit, first) >= STANDSTILL * speed) {
            first--;
        }
        int last = centre;
        while (last < history.end() - 2 && risesTo(fit, last + 1) >= STANDSTILL * speed) {
            last++;
        }
        double low = fit.weight(history.at(first));
        double high = fit.weight(history.at(last));
        int cut = first + 1;
        while (cut < last && fit.weight(history.at(cut)) < (low + high) / 2) {
            cut++;
        }
        Transition.Kind kind = isNearFlat(first, last) ? Transition.Kind.FADE : Transition.Kind.DISSOLVE;
        transitions.add(new Transition(kind, first + 1, Math.max(cut, last), cut));
    }

    private boolean isNearFlat(int first, int last) {
        int from = Math.max(history.start(), first - HardCutDetector.SHORTEST_SHOT);
        int to = Math.min(history.end() - 1, last + HardCutDetector.SHORTEST_SHOT);
        return IntStream.rangeClosed(from, to).anyMatch(at -> history.at(at).deviation() < FLAT);
    }

    /** Mean rise of the weight around this frame. */
    private double risesTo(BlendFit fit, int frame) {
        return (fit.weight(history.at(frame + 1)) - fit.weight(history.at(frame - 1))) / 2;
    }

    /**
     * Joined stretches that passed the test.
     *
     * @param bestFirst ends of the one that is explained best over the largest change
     */
    private record Stretch(int first, int end, int bestFirst, int bestLast, double quality) {
        Stretch joined(Stretch other) {
            boolean better = other.quality > quality;
            return new Stretch(
                    Math.min(first, other.first),
                    Math.max(end, other.end),
                    better ? other.bestFirst : bestFirst,
                    better ? other.bestLast : bestLast,
                    Math.max(quality, other.quality));
        }
    }
}
