package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ScriptArchive;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuresTest {
    @TempDir
    private Path folder;

    private static RgbFrame plain(int red, int green, int blue) {
        byte[] pixels = new byte[3 * 32 * 18];
        for (int at = 0; at < pixels.length; at += 3) {
            pixels[at] = (byte) red;
            pixels[at + 1] = (byte) green;
            pixels[at + 2] = (byte) blue;
        }
        return new RgbFrame(0, 0, 32, 18, pixels);
    }

    private static RgbFrame sample(int width) {
        try (FrameReader reader = FrameReader.open(SampleVideos.named("bunny-two-cuts.mp4"), 1)) {
            reader.advance();
            return reader.rgb(FrameSize.ofWidth(width, 16 / 9.0));
        }
    }

    @Test
    void givesTheVarianceOfTheLaplacianOfAKnownPicture() {
        // A single bright pixel: -4 at itself, 1 at its four neighbours, 0 at the other 4 of the 3x3 inner pixels.
        float[] values = new float[25];
        values[12] = 9;
        assertThat(Sharpness.of(new GreyImage(5, 5, values))).isCloseTo((36.0 * 36 + 4 * 81) / 9, within(1e-9));
    }

    @Test
    void findsABlurredPictureLessSharp() {
        GreyImage sharp = GreyImage.of(sample(320));
        GreyImage blurred = new GreyImage(
                sharp.width(), sharp.height(), BoxFilter.mean(sharp.values(), sharp.width(), sharp.height(), 1));
        assertThat(Sharpness.of(blurred)).isLessThan(0.2 * Sharpness.of(sharp));
    }

    @Test
    void measuresLightAndColourOfPlainPictures() {
        PictureMeasures black = PictureMeasures.of(plain(0, 0, 0));
        assertThat(black.exposure()).isZero();
        assertThat(black.darkShare()).isEqualTo(1);
        PictureMeasures white = PictureMeasures.of(plain(255, 255, 255));
        assertThat(white.exposure()).isCloseTo(1, within(1e-5));
        assertThat(white.brightShare()).isEqualTo(1);
        assertThat(white.colourfulness()).isCloseTo(0, within(1e-6));
        // One colour: no spread, 0.3 times the distance from grey; red 200: rg = 200, yb = 100.
        assertThat(PictureMeasures.of(plain(200, 0, 0)).colourfulness())
                .isCloseTo(0.3 * Math.hypot(200, 100), within(1e-6));
    }

    @Test
    void scoresAGoodPictureAboveADarkAndAPlainOne() {
        ClassicalAestheticScorer scorer = new ClassicalAestheticScorer();
        double good = scorer.score(sample(320));
        assertThat(good).isBetween(5.0, 10.0);
        assertThat(scorer.score(plain(8, 8, 8))).isLessThan(good / 2);
        assertThat(scorer.score(plain(128, 128, 128))).isLessThan(good);
    }

    @Test
    void asksATorchScriptModelForTheScore() {
        Path file = folder.resolve("aesthetic.pt");
        new ScriptArchive(
                        "aesthetic", "def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(torch.mean(x), 10.)")
                .write(file);
        try (TorchScriptAestheticScorer scorer = TorchScriptAestheticScorer.open(file, 1)) {
            assertThat(scorer.score(plain(51, 51, 51))).isCloseTo(2.0, within(1e-4));
            assertThat(scorer.name()).startsWith("torchscript-").hasSize("torchscript-".length() + 16);
        }
    }

    @Test
    void refusesAnAestheticModelThatIsNone() throws Exception {
        Path text = Files.writeString(folder.resolve("notes.pt"), "no model");
        for (Path file : new Path[] {text, folder.resolve("absent.pt")}) {
            assertThatThrownBy(() -> TorchScriptAestheticScorer.open(file, 1))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void namesColours() {
        assertThat(dominant(plain(250, 250, 250))).isEqualTo("white");
        assertThat(dominant(plain(10, 10, 10))).isEqualTo("black");
        assertThat(dominant(plain(220, 30, 30))).isEqualTo("red");
        assertThat(dominant(plain(40, 160, 60))).isEqualTo("green");
        assertThat(dominant(plain(40, 80, 220))).isEqualTo("blue");
        assertThat(dominant(plain(110, 70, 30))).isEqualTo("brown");
        assertThat(dominant(plain(120, 120, 125))).isEqualTo("grey");
    }

    private static String dominant(RgbFrame frame) {
        long[] counts = new long[ColourNames.count()];
        ColourNames.count(frame, counts);
        int best = 0;
        for (int at = 1; at < counts.length; at++) {
            best = counts[at] > counts[best] ? at : best;
        }
        return ColourNames.name(best);
    }
}
