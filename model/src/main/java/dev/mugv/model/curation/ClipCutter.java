package dev.mugv.model.curation;

import dev.mugv.model.config.LengthRange;
import dev.mugv.model.format.CuratedVideo.RejectedPiece;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.Transition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Cuts shots into clips of a permitted length that hold no frame of a transition or disturbance. */
final class ClipCutter {
    /** Frames left out beside a transition: compression smears a cut, and the end of a dissolve is hard to see. */
    private static final int MARGIN = 2;

    private final FrameTimes times;
    private final double min;
    private final double max;

    ClipCutter(FrameTimes times, LengthRange length) {
        this.times = times;
        min = length.min().toMillis() / 1000.0;
        max = length.max().toMillis() / 1000.0;
    }

    /** Shots between the transitions. */
    static List<FrameRange> shots(int frames, List<Transition> transitions) {
        List<FrameRange> shots = new ArrayList<>();
        int start = 0;
        for (Transition transition : transitions) {
            if (transition.firstFrame() > start) {
                shots.add(new FrameRange(start, transition.firstFrame()));
            }
            start = transition.endFrame();
        }
        if (start < frames) {
            shots.add(new FrameRange(start, frames));
        }
        return shots;
    }

    /**
     * Cuts one shot.
     *
     * @param excluded frames that must not be in a clip
     */
    Pieces cut(FrameRange shot, BitSet excluded) {
        Pieces pieces = new Pieces(new ArrayList<>(), new ArrayList<>());
        int first = shot.firstFrame() == 0 ? 0 : shot.firstFrame() + MARGIN;
        int end = shot.endFrame() == times.count() ? shot.endFrame() : shot.endFrame() - MARGIN;
        int at = excluded.nextClearBit(first);
        while (at < end) {
            int stop = excluded.nextSetBit(at);
            int until = stop < 0 ? end : Math.min(stop, end);
            divide(new FrameRange(at, until), pieces);
            at = excluded.nextClearBit(until + 1);
        }
        return pieces;
    }

    private void divide(FrameRange run, Pieces pieces) {
        double seconds = times.seconds(run);
        if (seconds < min) {
            pieces.rejected.add(new RejectedPiece(
                    run, String.format(Locale.ROOT, "shorter than %s s: %.2f s", plain(min), seconds)));
            return;
        }
        double frameRate = run.frames() / seconds;
        int longest = Math.max(1, (int) Math.floor(max * frameRate + 1e-6));
        int count = (run.frames() + longest - 1) / longest;
        int used = run.frames();
        if (seconds / count < min) {
            // Even parts would be too short: clips of the greatest length, and a rest.
            count = Math.max(1, count - 1);
            used = Math.min(run.frames(), count * longest);
        }
        for (int number = 0; number < count; number++) {
            int first = run.firstFrame() + (int) ((long) used * number / count);
            int end = run.firstFrame() + (int) ((long) used * (number + 1) / count);
            pieces.clips.add(new FrameRange(first, end));
        }
        if (used < run.frames()) {
            FrameRange rest = new FrameRange(run.firstFrame() + used, run.endFrame());
            pieces.rejected.add(new RejectedPiece(
                    rest,
                    String.format(
                            Locale.ROOT, "left over after clips of %s s: %.2f s", plain(max), times.seconds(rest))));
        }
    }

    private static String plain(double seconds) {
        return seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : String.valueOf(seconds);
    }

    /** What one shot gave; the lists grow while it is cut. */
    record Pieces(List<FrameRange> clips, List<RejectedPiece> rejected) {}
}
