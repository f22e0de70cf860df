package dev.mugv.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AspectRatioTest {
    @Test
    void namesAreWidthToHeightAsPeopleReadThem() {
        String[][] offered = {
            {"9:16", "720x1280"}, {"3:4", "832x1104"}, {"1:1", "960x960"}, {"4:3", "1104x832"}, {"16:9", "1280x720"}
        };
        for (String[] each : offered) {
            AspectRatio ratio = AspectRatio.named(each[0]).orElseThrow();
            assertThat(ratio.width() + "x" + ratio.height()).isEqualTo(each[1]);
            assertThat(AspectRatio.offer()).contains(each[0] + " (" + each[1] + ")");
        }
        assertThat(AspectRatio.values()).hasSize(offered.length);
        assertThat(AspectRatio.named("21:9")).isEmpty();
    }

    /** The reference's table: key, height, width; two of its sizes are cut to what its decoder makes. */
    @Test
    void keysOfTheReferenceAreHeightToWidth() {
        Object[][] reference = {
            {"16:9", 1280, 720}, {"4:3", 1108, 832}, {"1:1", 960, 960}, {"3:4", 832, 1110}, {"9:16", 720, 1280}
        };
        for (Object[] each : reference) {
            AspectRatio ratio = AspectRatio.ofReferenceKey((String) each[0]).orElseThrow();
            assertThat(ratio.height()).isEqualTo((int) each[1] / 16 * 16);
            assertThat(ratio.width()).isEqualTo((int) each[2] / 16 * 16);
        }
        assertThat(AspectRatio.ofReferenceKey("2:1")).isEmpty();
    }

    @Test
    void everySizeAndLengthIsAShape() {
        for (AspectRatio ratio : AspectRatio.values()) {
            for (VideoLength length : VideoLength.values()) {
                VideoShape shape = new VideoShape(ratio.width(), ratio.height(), length.frames(), VideoLength.FPS);
                assertThat(shape.latentFrames()).isEqualTo(length.latentFrames());
            }
        }
        assertThat(VideoLength.named("5s")).contains(VideoLength.FIVE_SECONDS);
        assertThat(VideoLength.named("3s").orElseThrow().latentFrames()).isEqualTo(10);
        assertThat(VideoLength.named("4s")).isEmpty();
    }
}
