package dev.mugv.model.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.VideoShape;
import org.junit.jupiter.api.Test;

class TimestepShiftTest {
    /** Examples of the specification (mugv.md, section 4.1), given there to three decimals. */
    @Test
    void countsPixelsAndLatentFramesAsPublished() {
        assertThat(TimestepShift.of(720, 1280, 14).ratio()).isCloseTo(7.016, within(5e-4));
        assertThat(TimestepShift.of(720, 1280, 10).ratio()).isCloseTo(5.929, within(5e-4));
        assertThat(TimestepShift.of(512, 512, 1).ratio()).isEqualTo(1);
    }

    @Test
    void aShapeCountsItsLatentFramesAndAnImageAsOne() {
        VideoShape video = new VideoShape(720, 1280, 112, 20);
        assertThat(TimestepShift.of(video)).isEqualTo(TimestepShift.of(1280, 720, 14));
        assertThat(TimestepShift.of(video.image())).isEqualTo(TimestepShift.of(1280, 720, 1));
        // Frames a second are ignored.
        assertThat(TimestepShift.of(new VideoShape(720, 1280, 112, 30))).isEqualTo(TimestepShift.of(video));
    }

    @Test
    void keepsBothEndsAndMovesTheMiddleTowardsNoise() {
        TimestepShift shift = new TimestepShift(7);
        assertThat(shift.apply(0)).isZero();
        assertThat(shift.apply(1)).isEqualTo(1);
        // 7 · 0.5 / (1 + 6 · 0.5)
        assertThat(shift.apply(0.5)).isCloseTo(0.875, within(1e-15));
        assertThat(new TimestepShift(1).apply(0.3)).isEqualTo(0.3);
    }

    @Test
    void pureNoiseIsNeverMoreThanPureWhateverTheSize() {
        for (int width = 16; width <= 1280; width += 16) {
            for (int latents = 1; latents <= 16; latents++) {
                double noise = TimestepShift.of(32, width, latents).apply(1);
                assertThat(noise <= 1).as("%d %d", width, latents).isTrue();
                assertThat(noise).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void aRatioThatIsNoneIsRefused() {
        for (double ratio : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new TimestepShift(ratio)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
