package dev.mugv.model.vae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.vae.TimeChunks.DecoderWindow;
import dev.mugv.model.vae.TimeChunks.EncoderChunk;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeChunksTest {
    @Test
    void anImageIsRepeatedToOneLatent() {
        assertThat(TimeChunks.encoderChunks(1)).containsExactly(new EncoderChunk(0, 7, 0, 1));
        assertThat(TimeChunks.decoderWindows(1)).containsExactly(new DecoderWindow(0, 1, 7));
    }

    @Test
    void aVideoOfOneFrameMoreStartsWithAStillImage() {
        assertThat(TimeChunks.encoderChunks(17))
                .containsExactly(
                        new EncoderChunk(0, 7, 0, 1), new EncoderChunk(0, 0, 1, 9), new EncoderChunk(0, 0, 9, 17));
    }

    @Test
    void aRaggedLastPieceIsPaddedInFront() {
        List<EncoderChunk> chunks = TimeChunks.encoderChunks(60);

        assertThat(chunks).hasSize(8);
        assertThat(chunks.subList(5, 8))
                .containsExactly(
                        new EncoderChunk(0, 0, 40, 48), new EncoderChunk(4, 0, 48, 52), new EncoderChunk(0, 0, 52, 60));
        assertThat(TimeChunks.decoderWindows(60))
                .containsExactly(new DecoderWindow(0, 6, 0), new DecoderWindow(6, 8, 4));
    }

    @Test
    void theLongestPublishedVideoHas14Latents() {
        assertThat(TimeChunks.latentFrames(105)).isEqualTo(14);
        assertThat(TimeChunks.encoderChunks(105)).hasSize(14);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 16, 47, 48, 49, 50, 57, 96, 97, 101, 105})
    void chunksCoverEveryFrameOnceInOrderWithEightFramesEach(int frames) {
        int next = 0;
        for (EncoderChunk chunk : TimeChunks.encoderChunks(frames)) {
            assertThat(chunk.zeros() + chunk.copies() + chunk.to() - chunk.from())
                    .isEqualTo(8);
            assertThat(chunk.from()).isEqualTo(next);
            next = chunk.to();
        }
        assertThat(next).isEqualTo(frames);
        assertThat(TimeChunks.encoderChunks(frames)).hasSize(TimeChunks.latentFrames(frames));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 9, 47, 48, 49, 57, 105})
    void windowsDecodeToTheAskedFrames(int frames) {
        List<DecoderWindow> windows = TimeChunks.decoderWindows(frames);
        int decoded = windows.stream()
                .mapToInt(window -> 8 * (window.to() - window.from()) - window.cropped())
                .sum();

        assertThat(decoded).isEqualTo(frames);
        assertThat(windows.get(windows.size() - 1).to()).isEqualTo(TimeChunks.latentFrames(frames));
    }
}
