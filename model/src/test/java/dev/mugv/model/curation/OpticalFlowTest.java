package dev.mugv.model.curation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.media.FrameReader;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.SampleVideos;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpticalFlowTest {
    private static GreyImage picture() {
        try (FrameReader reader = FrameReader.open(SampleVideos.named("bunny-two-cuts.mp4"), 1)) {
            reader.advance();
            return GreyImage.of(reader.rgb(new FrameSize(200, 120)));
        }
    }

    private static GreyImage window(GreyImage image, int left, int top) {
        float[] values = new float[160 * 90];
        for (int y = 0; y < 90; y++) {
            for (int x = 0; x < 160; x++) {
                values[y * 160 + x] = image.at(left + x, top + y);
            }
        }
        return new GreyImage(160, 90, values);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "0, -2", "5, 3", "-9, 6", "14, -10"})
    void measuresAKnownShift(int right, int down) {
        GreyImage image = picture();
        // The camera's window moves against the picture.
        FlowField flow = OpticalFlow.between(window(image, 20, 15), window(image, 20 - right, 15 - down));
        // A tenth of a pixel: interpolation; the mean also counts the border, where the counterpart is out of sight.
        assertThat(Math.abs(flow.medianX() - right)).isLessThanOrEqualTo(0.1);
        assertThat(Math.abs(flow.medianY() - down)).isLessThanOrEqualTo(0.1);
        assertThat(Math.abs(flow.meanLength() - Math.hypot(right, down)))
                .isLessThanOrEqualTo(0.1 + 0.12 * Math.hypot(right, down));
    }

    @Test
    void seesNoMotionInAFlatPicture() {
        FlowField flow = OpticalFlow.between(
                new GreyImage(64, 36, new float[64 * 36]), new GreyImage(64, 36, new float[64 * 36]));
        assertThat(flow.meanLength()).isEqualTo(0.0);
    }

    @Test
    void countsTheShareThatMoves() {
        GreyImage image = picture();
        GreyImage still = window(image, 20, 15);
        GreyImage moved = window(image, 16, 15);
        float[] half = still.values().clone();
        for (int y = 0; y < 90; y++) {
            System.arraycopy(moved.values(), y * 160, half, y * 160, 80);
        }
        FlowField flow = OpticalFlow.between(still, new GreyImage(160, 90, half));
        assertThat(flow.shareBeyond(1)).isBetween(0.35, 0.65);
    }
}
