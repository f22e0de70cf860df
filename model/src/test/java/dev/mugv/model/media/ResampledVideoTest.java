package dev.mugv.model.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResampledVideoTest {
    private static final int FRAMES = 48;
    private static final double FPS = 24;
    /** Grey levels between neighbouring frames; more than the encoder's losses on plain pictures. */
    private static final int STEP = 5;

    @TempDir
    private Path folder;

    private Path video;

    /** Two seconds that grow brighter from frame to frame, 64x32. */
    @BeforeEach
    void writeVideo() {
        video = folder.resolve("brighter.mp4");
        List<RgbFrame> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            byte[] pixels = new byte[3 * 64 * 32];
            Arrays.fill(pixels, (byte) (STEP * i));
            frames.add(new RgbFrame(i, i / FPS, 64, 32, pixels));
        }
        VideoWriter.write(video, frames, FPS);
    }

    @Test
    void everyOutputTimeGetsTheFrameNearestToIt() {
        for (double fps : new double[] {8, 20, 24, 60}) {
            List<Integer> sources = new ArrayList<>();
            int count = new ResampledVideo(video, shape(fps)).forEach(frame -> {
                assertThat(frame.index()).isEqualTo(sources.size());
                assertThat(frame.seconds()).isCloseTo(sources.size() / fps, within(1e-9));
                assertThat(frame.width()).isEqualTo(32);
                assertThat(frame.height()).isEqualTo(32);
                sources.add(Math.round(frame.channel(16, 16, 1) / (float) STEP));
            });
            // As long as the video to within half a frame of its own.
            assertThat(count / fps).isCloseTo(FRAMES / FPS, within(0.5 / FPS + 0.5 / fps + 1e-9));
            assertThat(sources).hasSize(count);
            for (int k = 0; k < count; k++) {
                assertThat(Math.abs(sources.get(k) - k * FPS / fps)).isLessThanOrEqualTo(0.5 + 1e-9);
            }
        }
    }

    @Test
    void theLastFramesAreThoseThatEndTheWholeVideo() {
        List<RgbFrame> all = new ArrayList<>();
        ResampledVideo resampled = new ResampledVideo(video, shape(8));
        resampled.forEach(all::add);
        List<RgbFrame> last = resampled.last(8);
        assertThat(last).hasSize(8);
        for (int i = 0; i < 8; i++) {
            assertThat(last.get(i).pixels())
                    .isEqualTo(all.get(all.size() - 8 + i).pixels());
        }
        assertThat(resampled.last(1000)).hasSize(all.size());
    }

    @Test
    void whatIsNoVideoIsRefused() {
        assertThatThrownBy(() -> new ResampledVideo(folder.resolve("none.mp4"), shape(8)).last(1))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("no such file");
    }

    private static VideoShape shape(double fps) {
        return new VideoShape(32, 32, 16, fps);
    }
}
