package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.format.FrameRange;
import dev.mugv.model.media.YuvFrame;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Borders of pictures, and what happens from frame to frame. */
class SteadinessTest {
    private static final int WIDTH = 64;
    private static final int HEIGHT = 36;

    private static GreyImage framed(int rows, int columns, float border) {
        float[] values = new float[WIDTH * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                boolean within = y >= rows && y < HEIGHT - rows && x >= columns && x < WIDTH - columns;
                values[y * WIDTH + x] = within ? 80 + (7 * x + 13 * y) % 90 : border;
            }
        }
        return new GreyImage(WIDTH, HEIGHT, values);
    }

    /** A smooth pattern, moved. */
    private static YuvFrame moved(double x, double y) {
        byte[] luma = new byte[WIDTH * HEIGHT];
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                double value = 128 + 50 * Math.sin((column - x) / 5) + 40 * Math.cos((row - y) / 4);
                luma[row * WIDTH + column] = (byte) Math.round(value);
            }
        }
        byte[] grey = new byte[luma.length];
        Arrays.fill(grey, (byte) 128);
        return new YuvFrame(WIDTH, HEIGHT, luma, grey, grey);
    }

    private static FrameSteps steps(List<YuvFrame> frames) {
        FrameSteps steps = new FrameSteps();
        frames.forEach(steps::add);
        return steps;
    }

    @Test
    void bordersAreMeasuredOnEachSideAndOnlyWhereTheyAreBlackAndPlain() {
        Borders letterbox = Borders.of(framed(4, 0, 8));
        assertThat(letterbox.top()).isEqualTo(4 / 36.0);
        assertThat(letterbox.share()).isCloseTo(8 / 36.0, within(1e-12));
        assertThat(Borders.of(framed(4, 8, 8)).share()).isCloseTo(1 - 28 / 36.0 * 48 / 64.0, within(1e-12));
        assertThat(Borders.of(framed(0, 0, 0)).share()).isZero();
        assertThat(Borders.of(framed(4, 4, 200)).share()).isZero();
        // A picture that is black all over has no borders, it is dark.
        assertThat(Borders.of(framed(18, 0, 0)).share()).isZero();
    }

    @Test
    void aClipsBorderIsThatOfAllItsPictures() {
        Borders wide = Borders.of(framed(6, 0, 0));
        Borders thin = Borders.of(framed(2, 0, 0));
        assertThat(wide.common(thin)).isEqualTo(thin);
        assertThat(wide.common(Borders.of(framed(0, 0, 0))).share()).isZero();
    }

    @Test
    void aSteadyPanIsNoShakeAndAnUnsteadyHandIs() {
        List<YuvFrame> pan = IntStream.range(0, 40)
                .mapToObj(frame -> moved(0.6 * frame, 0.2 * frame))
                .toList();
        List<YuvFrame> hand = IntStream.range(0, 40)
                .mapToObj(frame -> moved(frame % 2 == 0 ? 0 : 0.6, frame % 4 < 2 ? 0 : 0.4))
                .toList();
        FrameRange all = new FrameRange(0, 40);
        // Rounding of luma alone moves the estimate by hundredths of a pixel of 64, five times that of 320.
        assertThat(steps(pan).shake(all)).isLessThan(0.3);
        // 0.6 pixels of 64 there and back are 6 of 320 a frame; each counts 5 at most.
        assertThat(steps(hand).shake(all)).isBetween(4.0, 5.0);
    }

    @Test
    void repeatedFramesAreCountedAlsoWhereTheyWereRefinedALittle() {
        List<YuvFrame> slowed = IntStream.range(0, 41)
                .mapToObj(frame -> moved(0.8 * (frame / 2) + 0.02 * (frame % 2), 0))
                .toList();
        List<YuvFrame> moving =
                IntStream.range(0, 41).mapToObj(frame -> moved(0.4 * frame, 0)).toList();
        List<YuvFrame> still =
                IntStream.range(0, 41).mapToObj(frame -> moved(0, 0)).toList();
        FrameRange all = new FrameRange(0, 41);
        assertThat(steps(slowed).repeatedShare(all)).isCloseTo(0.5, within(1e-9));
        assertThat(steps(moving).repeatedShare(all)).isZero();
        assertThat(steps(still).repeatedShare(all)).isEqualTo(1);
    }
}
