package dev.mugv.model.curation;

import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.Transition;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.YuvFrame;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds where shots change, in one pass over small pictures of every frame and in constant memory.
 *
 * <p>Feed every frame in order, then {@link #finish()}.
 */
public final class TransitionDetector {
    private final FrameHistory history = new FrameHistory();
    private final HardCutDetector hardCuts = new HardCutDetector(history);
    private final DissolveDetector dissolves = new DissolveDetector(history);
    private final BitSet flat = new BitSet();
    private int judged;

    /** Size of the pictures to feed for a video of this aspect (displayed width over height). */
    public static FrameSize sizeFor(double aspect) {
        return ShotFrame.sizeFor(aspect);
    }

    /** Takes the next frame. */
    public void add(YuvFrame frame) {
        ShotFrame added = ShotFrame.of(history.end(), frame);
        flat.set(added.index(), added.deviation() < HardCutDetector.FLAT);
        history.add(added);
        dissolves.judge(history.end() - 1);
        while (judged + HardCutDetector.LOOK_AHEAD < history.end()) {
            hardCuts.judge(judged++);
        }
    }

    /** What was found, once every frame has been given. */
    public Findings finish() {
        while (judged < history.end()) {
            hardCuts.judge(judged++);
        }
        dissolves.finish();
        List<Transition> gradual = new ArrayList<>(dissolves.transitions());
        List<Transition> all = new ArrayList<>(gradual);
        for (int cut : hardCuts.cuts()) {
            boolean within = gradual.stream().anyMatch(t -> cut >= t.firstFrame() - 1 && cut <= t.endFrame() + 1);
            if (!within) {
                all.add(new Transition(Transition.Kind.HARD_CUT, cut, cut, cut));
            }
        }
        all.sort(Comparator.comparingInt(Transition::firstFrame).thenComparingInt(Transition::endFrame));
        List<FrameRange> disturbances = new ArrayList<>(hardCuts.disturbances());
        List<Transition> between = new ArrayList<>();
        for (Transition transition : join(all)) {
            if (flat.nextClearBit(0) >= transition.firstFrame()) {
                disturbances.add(new FrameRange(0, Math.max(1, transition.endFrame())));
            } else if (flat.nextClearBit(transition.endFrame()) >= history.end()) {
                disturbances.add(new FrameRange(transition.firstFrame(), history.end()));
            } else {
                between.add(transition);
            }
        }
        disturbances.sort(Comparator.comparingInt(FrameRange::firstFrame));
        return new Findings(history.end(), between, disturbances);
    }

    /** Transitions with no shot between them are one: nothing but a flat picture, or fewer frames than a shot has. */
    private List<Transition> join(List<Transition> sorted) {
        List<Transition> result = new ArrayList<>();
        for (Transition next : sorted) {
            int last = result.size() - 1;
            if (last >= 0 && isNoShot(result.get(last).endFrame(), next.firstFrame())) {
                Transition before = result.get(last);
                int end = Math.max(before.endFrame(), next.endFrame());
                boolean hard = before.kind() == Transition.Kind.HARD_CUT && next.kind() == Transition.Kind.HARD_CUT;
                boolean fade = flat.get(before.firstFrame(), end).cardinality() > 0;
                Transition.Kind gradual = fade ? Transition.Kind.FADE : Transition.Kind.DISSOLVE;
                result.set(
                        last,
                        new Transition(
                                hard ? Transition.Kind.HARD_CUT : gradual, before.firstFrame(), end, next.cut()));
            } else {
                result.add(next);
            }
        }
        return result;
    }

    private boolean isNoShot(int first, int end) {
        return end - first < HardCutDetector.SHORTEST_SHOT
                || flat.get(first, end).cardinality() > end - first - HardCutDetector.SHORTEST_SHOT;
    }

    /**
     * @param frames number of frames seen
     * @param transitions in order, apart from each other
     * @param disturbances frames within shots that do not belong to the picture: flashes, inserted or broken frames
     */
    public record Findings(int frames, List<Transition> transitions, List<FrameRange> disturbances) {
        public Findings {
            transitions = List.copyOf(transitions);
            disturbances = List.copyOf(disturbances);
        }
    }
}
