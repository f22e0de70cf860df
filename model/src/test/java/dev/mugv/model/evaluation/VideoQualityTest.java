package dev.mugv.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.media.RgbFrame;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
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
    void guessesAFrameAsTheMeanOfItsNeighbours() {
        // A steady change is guessed exactly; a step is missed by half its height.
        assertThat(MotionSmoothness.of(
                        List.of(SyntheticFrames.plain(100), SyntheticFrames.plain(110), SyntheticFrames.plain(120))))
                .isEqualTo(1.0);
        assertThat(MotionSmoothness.of(
                        List.of(SyntheticFrames.plain(100), SyntheticFrames.plain(120), SyntheticFrames.plain(120))))
                .isCloseTo((255 - 10.0) / 255, within(1e-12));
    }

    @Test
    void callsJitterLessSmoothThanSteadyMotion() {
        List<RgbFrame> steady = SyntheticFrames.moving(9, 1);
        List<RgbFrame> jittering = IntStream.range(0, 9)
                .mapToObj(i -> SyntheticFrames.waves(i + (i % 2 == 0 ? 0 : 2)))
                .toList();

        assertThat(MotionSmoothness.of(steady)).isGreaterThan(MotionSmoothness.of(jittering) + 0.02);
    }

    @Test
    void callsNoiseLessSmoothAndLessCalm() {
        List<RgbFrame> clean = SyntheticFrames.moving(9, 1);
        List<RgbFrame> noisy = IntStream.range(0, 9)
                .mapToObj(i -> SyntheticFrames.noisy(clean.get(i), 20, i))
                .toList();

        assertThat(MotionSmoothness.of(noisy)).isLessThan(MotionSmoothness.of(clean) - 0.02);
        assertThat(TemporalFlicker.of(noisy)).isLessThan(TemporalFlicker.of(clean) - 0.02);
    }

    @Test
    void measuresTheFirstGeneratedFrameAgainstTheGivenOne() {
        RgbFrame given = SyntheticFrames.waves(0);
        List<RgbFrame> near = List.of(given, SyntheticFrames.waves(0.5), SyntheticFrames.waves(1));
        List<RgbFrame> far = List.of(given, SyntheticFrames.waves(9), SyntheticFrames.waves(10));

        assertThat(SampleScores.of(near, Optional.of(given), 8).get("first-frame-psnr"))
                .isGreaterThan(SampleScores.of(far, Optional.of(given), 8).get("first-frame-psnr"));
        assertThat(SampleScores.of(near, Optional.empty(), 8)).doesNotContainKey("first-frame-psnr");
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
