package dev.mugv.model.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.mugv.model.config.VaeSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class VaeFlopsTest {
    private static final VaeSize SIZE = new VaeSize(List.of(32, 64, 32, 96), 32, 1);

    @Test
    void encodingCountsTheTapsThatFallOnPixels() {
        int height = 16;
        int width = 24;
        double expected = 0;
        // 2D net: 8 frames, each level's blocks, then the layer that halves.
        int[] widths = {32, 64, 32, 96};
        double taps = taps(height) * taps(width);
        expected += 8 * 3.0 * 32 * taps;
        int in = 32;
        for (int level = 0; level < 4; level++) {
            int h = height >> level;
            int w = width >> level;
            expected += 8 * block(in, widths[level], taps(h) * taps(w), h * w);
            in = widths[level];
            if (level < 3) {
                expected += 8.0 * in * in * halvingTaps(h) * halvingTaps(w);
            }
        }
        int places = 2 * 3;
        double small = taps(2) * taps(3);
        expected += 8 * (2 * block(96, 96, small, places) + 4.0 * 96 * 96 * places + 2.0 * places * places * 96);
        // 3D net: one chunk of 8 frames that becomes 4, 2 and 1.
        expected += 96.0 * 32 * taps(8) * small;
        int[] temporal = {32, 64, 64, 128};
        in = 32;
        for (int level = 0; level < 4; level++) {
            int frames = 8 >> level;
            int out = temporal[level];
            expected += block(in, out, taps(frames) * small, frames * places)
                    + 3 * block(out, out, taps(frames) * small, 0);
            in = out;
            if (level < 3) {
                expected += (double) in * in * halvingTaps(frames) * small;
            }
        }
        expected += 4 * block(128, 128, small, 0) + places * (48.0 * 128 + 48 * 48);

        assertThat(VaeFlops.ofEncoding(SIZE, 8, height, width)).isCloseTo(2 * expected, offset(1.0));
    }

    @Test
    void decodingCountsFourTapsForNineBehindADoubling() {
        VaeSize size = new VaeSize(List.of(32, 32, 32, 32), 32, 1);
        double one = VaeFlops.ofDecoding(size, 8, 8, 8);
        // Decoding one place of 8x8 pixels: the same layers, counted by hand.
        double channels = 32.0 * 32;
        double frame = 4 * channels + 4 * channels + 2 * 32;
        for (int level = 3; level >= 0; level--) {
            int side = 8 >> level;
            frame += 2 * block(32, 32, taps(side) * taps(side), 0);
            if (level > 0) {
                frame += channels * doublingTaps(side) * doublingTaps(side);
            }
        }
        frame += 32.0 * 3 * taps(8) * taps(8);
        double window = 24 * 24 + 24.0 * 128;
        window += 4 * block(128, 128, 1, 0);
        window += 5 * block(128, 128, taps(2), 0) + 128.0 * 256 * taps(2);
        window += block(128, 64, taps(4), 4) + 3 * block(64, 64, taps(4), 0) + 64.0 * 128 * taps(4);
        window += 4 * block(64, 64, taps(8), 0);
        window += block(64, 32, taps(8), 8) + 3 * block(32, 32, taps(8), 0) + 32.0 * 32 * taps(8);

        assertThat(one).isCloseTo(2 * (8 * frame + window), offset(1.0));
    }

    @Test
    void aLongVideoIsDecodedInWindowsOfSixLatents() {
        double whole = VaeFlops.ofDecoding(SIZE, 48, 16, 16);
        double ragged = VaeFlops.ofDecoding(SIZE, 8, 16, 16);

        assertThat(VaeFlops.ofDecoding(SIZE, 56, 16, 16)).isCloseTo(whole + ragged, offset(1.0));
    }

    /** A residual block's products for each input and output channel: two convolutions and, if widths differ, a shortcut. */
    private static double block(double in, double out, double taps, double places) {
        return taps * (in * out + out * out) + (in == out ? 0 : in * out * places);
    }

    /** Pairs of an output place and one of three taps on the same axis that do not fall on padding, one place on each side. */
    private static double taps(int places) {
        int count = 0;
        for (int place = 0; place < places; place++) {
            for (int tap = -1; tap <= 1; tap++) {
                count += place + tap >= 0 && place + tap < places ? 1 : 0;
            }
        }
        return count;
    }

    private static double halvingTaps(int places) {
        int count = 0;
        for (int place = 0; place < places; place += 2) {
            for (int tap = 0; tap < 3; tap++) {
                count += place + tap < places ? 1 : 0;
            }
        }
        return count;
    }

    /** Different places of the small axis that the three taps at a place of the doubled axis see. */
    private static double doublingTaps(int places) {
        int count = 0;
        for (int place = 0; place < 2 * places; place++) {
            int first = Math.floorDiv(place - 1, 2);
            int last = Math.floorDiv(place + 1, 2);
            for (int seen = first; seen <= last; seen++) {
                count += seen >= 0 && seen < places ? 1 : 0;
            }
        }
        return count;
    }
}
