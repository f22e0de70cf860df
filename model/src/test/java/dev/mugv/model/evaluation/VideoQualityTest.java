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
    void guessesSteadyChangeExactlyAndMissesAStepByHalfItsHeight() {
        // Plain pictures have no texture and so no flow: the guess is the mean.
        assertThat(MotionSmoothness.of(
                        List.of(SyntheticFrames.plain(100), SyntheticFrames.plain(110), SyntheticFrames.plain(120))))
                .isEqualTo(1.0);
        assertThat(MotionSmoothness.of(
                        List.of(SyntheticFrames.plain(100), SyntheticFrames.plain(120), SyntheticFrames.plain(120))))
                .isCloseTo((255 - 10.0) / 255, within(1e-12));
    }

    @Test
    void followsSteadyMotionWhereTheMeanOfNeighboursCannot() {
        List<RgbFrame> frames = SyntheticFrames.moving(9, 3);
        double blurred = 0;
        for (int i = 1; i < 8; i += 2) {
            blurred += meanAbsoluteErrorOfBlend(frames.get(i - 1), frames.get(i), frames.get(i + 1)) / 4;
        }

        // 3 pixels a frame on waves of 23: the flow between neighbours is 6 pixels.
        assertThat(255 * (1 - MotionSmoothness.of(frames))).isLessThan(blurred / 2);
    }

    @Test
    void measuresHowFastThePictureMoves() {
        // 2 pixels a frame at 8 frames a second over 64 pixels: a quarter of the width a second; the fastest 5 % are
        // somewhat above the mean, the flow being least certain at the border where the picture leaves.
        assertThat(MotionSpeed.of(SyntheticFrames.moving(9, 2), 8).widthsPerSecond())
                .isCloseTo(0.25, within(0.08));
        assertThat(MotionSpeed.of(SyntheticFrames.moving(9, 0), 8).widthsPerSecond())
                .isCloseTo(0, within(1e-6));
    }

    @Test
    void callsAVideoDynamicFromTheSpeedOnThatVBenchAsksFor() {
        // 64 pixels: the threshold is 1.5 pixels a frame.
        assertThat(MotionSpeed.of(SyntheticFrames.moving(16, 2.5), 8).dynamicDegree())
                .isEqualTo(1);
        assertThat(MotionSpeed.of(SyntheticFrames.moving(16, 0.5), 8).dynamicDegree())
                .isEqualTo(0);
    }

    @Test
    void asksAQuarterOfTheFramesToMove() {
        List<RgbFrame> oneJump = IntStream.range(0, 16)
                .mapToObj(i -> SyntheticFrames.waves(i < 8 ? 0 : 3))
                .toList();
        List<RgbFrame> movingThird = IntStream.range(0, 16)
                .mapToObj(i -> SyntheticFrames.waves(3 * Math.min(i, 5)))
                .toList();

        assertThat(MotionSpeed.of(oneJump, 8).dynamicDegree()).isEqualTo(0);
        assertThat(MotionSpeed.of(movingThird, 8).dynamicDegree()).isEqualTo(1);
    }

    @Test
    void thinsAFastVideoToTheFrameRateOfTheDefinition() {
        double slow = MotionSpeed.of(SyntheticFrames.moving(9, 2), 8).widthsPerSecond();
        double fast = MotionSpeed.of(SyntheticFrames.moving(25, 2 / 3.0), 24).widthsPerSecond();

        assertThat(fast).isCloseTo(slow, within(1e-9));
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

    private static double meanAbsoluteErrorOfBlend(RgbFrame before, RgbFrame frame, RgbFrame after) {
        double sum = 0;
        for (int i = 0; i < frame.pixels().length; i++) {
            double guess = ((before.pixels()[i] & 0xff) + (after.pixels()[i] & 0xff)) / 2.0;
            sum += Math.abs(guess - (frame.pixels()[i] & 0xff));
        }
        return sum / frame.pixels().length;
    }
}
