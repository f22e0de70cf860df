package dev.mugv.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.media.RgbFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

class PictureFidelityTest {
    @Test
    void givesTheRatioOfAConstantError() {
        // An error of 10 everywhere: 10 log10(255² / 100).
        assertThat(PeakSignalToNoise.of(SyntheticFrames.plain(110), SyntheticFrames.plain(100)))
                .isCloseTo(28.1308036086791, within(1e-12));
    }

    @Test
    void takesTheErrorOfAClipAsThatOfOnePicture() {
        RgbFrame exact = SyntheticFrames.plain(100);
        RgbFrame wrong = SyntheticFrames.plain(110);

        double half = PeakSignalToNoise.of(List.of(exact, wrong), List.of(exact, exact));

        // Half the mean squared error is 3.01 dB more; a mean of decibels would be far higher.
        assertThat(half).isCloseTo(28.1308036086791 + 10 * Math.log10(2), within(1e-12));
    }

    @Test
    void keepsEqualPicturesFinite() {
        assertThat(PeakSignalToNoise.of(SyntheticFrames.waves(0), SyntheticFrames.waves(0)))
                .isEqualTo(PeakSignalToNoise.OF_EQUAL_PICTURES);
    }

    @Test
    void seesNoDifferenceBetweenEqualStructures() {
        assertThat(StructuralSimilarity.of(SyntheticFrames.waves(0), SyntheticFrames.waves(0)))
                .isCloseTo(1.0, within(1e-12));
    }

    @Test
    void reducesToTheLuminanceTermOnPlainPictures() {
        // Without variance SSIM is (2ab + C1) / (a² + b² + C1), C1 = (0.01 * 255)².
        double c1 = 6.5025;
        double expected = (2 * 100 * 150.0 + c1) / (100 * 100 + 150 * 150 + c1);

        // Variances are differences of numbers near 22,500, so they vanish to about 1e-11 against C2 = 58.5.
        assertThat(StructuralSimilarity.of(SyntheticFrames.plain(100), SyntheticFrames.plain(150)))
                .isCloseTo(expected, within(1e-9));
    }

    @Test
    void weighsTheColoursAsLuma() {
        double red = StructuralSimilarity.of(SyntheticFrames.colour(100, 0, 0), SyntheticFrames.colour(0, 0, 0));
        double green = StructuralSimilarity.of(SyntheticFrames.colour(0, 100, 0), SyntheticFrames.colour(0, 0, 0));

        double c1 = 6.5025;
        assertThat(red).isCloseTo(c1 / (29.9 * 29.9 + c1), within(1e-9));
        assertThat(green).isCloseTo(c1 / (58.7 * 58.7 + c1), within(1e-9));
    }

    @Test
    void fallsWithNoiseInBothMeasures() {
        RgbFrame clean = SyntheticFrames.waves(0);
        RgbFrame little = SyntheticFrames.noisy(clean, 5, 1);
        RgbFrame much = SyntheticFrames.noisy(clean, 25, 1);

        assertThat(PeakSignalToNoise.of(little, clean)).isGreaterThan(PeakSignalToNoise.of(much, clean) + 10);
        assertThat(StructuralSimilarity.of(little, clean)).isGreaterThan(StructuralSimilarity.of(much, clean) + 0.1);
    }

    @Test
    void punishesLostStructureMoreThanAShiftOfBrightness() {
        RgbFrame clean = SyntheticFrames.waves(0);
        RgbFrame brighter = shifted(clean, 12);
        RgbFrame noisy = SyntheticFrames.noisy(clean, 12, 1);

        assertThat(PeakSignalToNoise.of(brighter, clean))
                .as("both err by 12 in the root mean square")
                .isCloseTo(PeakSignalToNoise.of(noisy, clean), within(0.3));
        assertThat(StructuralSimilarity.of(brighter, clean)).isGreaterThan(StructuralSimilarity.of(noisy, clean));
    }

    @Test
    void refusesPicturesThatCannotBeCompared() {
        RgbFrame small = new RgbFrame(0, 0, 10, 10, new byte[300]);

        assertThatThrownBy(() -> StructuralSimilarity.of(small, small))
                .hasMessage("expected at least 11x11 pixels, found 10x10");
        assertThatThrownBy(() -> PeakSignalToNoise.of(small, SyntheticFrames.plain(0)))
                .hasMessage("expected frames of one size, found 10x10 and 64x64");
        assertThatThrownBy(() -> PeakSignalToNoise.of(List.of(small, small), List.of(small)))
                .hasMessage("expected equally many frames, found 2 and 1");
    }

    private static RgbFrame shifted(RgbFrame frame, int by) {
        byte[] pixels = frame.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.min(255, (pixels[i] & 0xff) + by);
        }
        return new RgbFrame(0, 0, frame.width(), frame.height(), pixels);
    }
}
