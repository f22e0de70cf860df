package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.LengthRange;
import dev.mugv.model.format.FrameRange;
import dev.mugv.model.format.Transition;
import dev.mugv.model.format.Transition.Kind;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClipCutterTest {
    private static FrameTimes times(int frames, double fps) {
        FrameTimes times = new FrameTimes(fps);
        for (int frame = 0; frame < frames; frame++) {
            times.add(frame / fps);
        }
        return times;
    }

    private static ClipCutter cutter(FrameTimes times, int min, int max) {
        return new ClipCutter(times, new LengthRange(Duration.ofSeconds(min), Duration.ofSeconds(max)));
    }

    @Test
    void shotsAreWhatLiesBetweenTransitions() {
        assertThat(ClipCutter.shots(
                        300,
                        List.of(
                                new Transition(Kind.HARD_CUT, 100, 100, 100),
                                new Transition(Kind.DISSOLVE, 200, 224, 212))))
                .containsExactly(new FrameRange(0, 100), new FrameRange(100, 200), new FrameRange(224, 300));
    }

    @Test
    void aLongShotIsSplitEvenly() {
        ClipCutter.Pieces pieces = cutter(times(320, 25), 2, 5).cut(new FrameRange(0, 320), new BitSet());
        assertThat(pieces.clips())
                .containsExactly(new FrameRange(0, 106), new FrameRange(106, 213), new FrameRange(213, 320));
        assertThat(pieces.rejected()).isEmpty();
    }

    @Test
    void framesBesideATransitionAreLeftOut() {
        ClipCutter.Pieces pieces = cutter(times(300, 25), 2, 5).cut(new FrameRange(100, 200), new BitSet());
        assertThat(pieces.clips()).containsExactly(new FrameRange(102, 198));
    }

    @Test
    void aShortShotIsRejectedWithItsLength() {
        ClipCutter.Pieces pieces = cutter(times(40, 25), 2, 5).cut(new FrameRange(0, 40), new BitSet());
        assertThat(pieces.clips()).isEmpty();
        assertThat(pieces.rejected()).hasSize(1);
        assertThat(pieces.rejected().get(0).reason()).isEqualTo("shorter than 2 s: 1.60 s");
    }

    @Test
    void noClipHoldsAnExcludedFrame() {
        BitSet excluded = new BitSet();
        excluded.set(60, 62);
        ClipCutter.Pieces pieces = cutter(times(120, 25), 2, 5).cut(new FrameRange(0, 120), excluded);
        assertThat(pieces.clips()).containsExactly(new FrameRange(0, 60), new FrameRange(62, 120));
    }

    @Test
    void aShotThatDividesIntoNothingPermittedGivesItsGreatestPart() {
        ClipCutter.Pieces pieces = cutter(times(150, 25), 4, 5).cut(new FrameRange(0, 150), new BitSet());
        assertThat(pieces.clips()).containsExactly(new FrameRange(0, 125));
        assertThat(pieces.rejected().get(0).reason()).isEqualTo("left over after clips of 5 s: 1.00 s");
    }

    @Test
    void lengthsCountByTimeStampsNotByFrames() {
        FrameTimes slow = new FrameTimes(25);
        for (int frame = 0; frame < 20; frame++) {
            slow.add(frame * 0.5);
        }
        assertThat(slow.fps()).isEqualTo(2.0);
        ClipCutter.Pieces pieces = cutter(slow, 2, 5).cut(new FrameRange(0, 20), new BitSet());
        assertThat(pieces.clips()).containsExactly(new FrameRange(0, 10), new FrameRange(10, 20));
    }
}
