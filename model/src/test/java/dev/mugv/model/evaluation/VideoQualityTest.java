package dev.mugv.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class VideoQualityTest {
    @Test
    void countsTheDifferenceOfNeighboursAsFlicker() {
        assertThat(TemporalFlicker.of(
                        List.of(SyntheticFrames.plain(100), SyntheticFrames.plain(110), SyntheticFrames.plain(80))))
                .isCloseTo((255 - (10 + 30) / 2.0) / 255, within(1e-12));
    }

    @Test
    void callsAStillPictureCalm() {
        assertThat(TemporalFlicker.of(SyntheticFrames.moving(3, 0))).isEqualTo(1.0);
    }

    @Test
    void refusesASingleFrame() {
        assertThatThrownBy(() -> TemporalFlicker.of(SyntheticFrames.moving(1, 0)))
                .hasMessage("expected at least 2 frames, found 1");
    }

    @Test
    void measuresSaturationFromGreyToPure() {
        assertThat(Saturation.of(List.of(SyntheticFrames.plain(77)))).isZero();
        assertThat(Saturation.of(List.of(SyntheticFrames.colour(200, 0, 0)))).isEqualTo(1.0);
        assertThat(Saturation.of(List.of(SyntheticFrames.colour(200, 100, 150))))
                .isCloseTo(0.5, within(1e-12));
        assertThat(Saturation.of(List.of(SyntheticFrames.plain(0)))).isZero();
    }
}
