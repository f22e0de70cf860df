package dev.mugv.model.vae;

import java.util.ArrayList;
import java.util.List;

/**
 * How the VideoVAE walks through time (mugv.md, section 2.3): pieces of 48 frames, inside them independent chunks of 8 for
 * the encoder and one window of up to 6 latents for the decoder.
 */
public final class TimeChunks {
    /** Frames that one latent stands for. */
    public static final int FRAMES_PER_LATENT = 8;

    static final int PIECE_FRAMES = 48;
    static final int PIECE_LATENTS = PIECE_FRAMES / FRAMES_PER_LATENT;

    private TimeChunks() {}

    /**
     * The frames of one latent: zeros, copies of the video's first frame, then frames {@code from} to {@code to}; eight in
     * sum.
     *
     * @param zeros frames of zeros in front, of a ragged last piece
     * @param copies extra copies of frame 0 in front, of a video of 8k+1 frames
     */
    record EncoderChunk(int zeros, int copies, int from, int to) {}

    /**
     * A window of the decoder.
     *
     * @param from first latent
     * @param to exclusive
     * @param cropped decoded frames that are dropped in front, of a ragged last window
     */
    record DecoderWindow(int from, int to, int cropped) {}

    /** Latents of a video: an eighth, rounded up; 8k+1 frames make k+1 latents, the first of them a still image. */
    public static int latentFrames(int frames) {
        requirePositive(frames);
        return PIECE_LATENTS * (frames / PIECE_FRAMES) + latents(frames % PIECE_FRAMES);
    }

    static List<EncoderChunk> encoderChunks(int frames) {
        requirePositive(frames);
        int copies = frames % FRAMES_PER_LATENT == 1 ? FRAMES_PER_LATENT - 1 : 0;
        int total = copies + frames;
        List<EncoderChunk> chunks = new ArrayList<>();
        for (int piece = 0; piece < total; piece += PIECE_FRAMES) {
            int length = Math.min(PIECE_FRAMES, total - piece);
            int zeros = FRAMES_PER_LATENT * latents(length) - length;
            for (int latent = 0; latent < latents(length); latent++) {
                int end = piece + FRAMES_PER_LATENT * (latent + 1) - zeros;
                int start = Math.max(piece, end - FRAMES_PER_LATENT);
                int copied = Math.max(0, Math.min(end, copies) - start);
                int from = Math.max(0, start - copies);
                chunks.add(new EncoderChunk(latent == 0 ? zeros : 0, copied, from, end - copies));
            }
        }
        return chunks;
    }

    static List<DecoderWindow> decoderWindows(int frames) {
        requirePositive(frames);
        List<DecoderWindow> windows = new ArrayList<>();
        for (int first = 0, latent = 0; first < frames; first += PIECE_FRAMES) {
            int length = Math.min(PIECE_FRAMES, frames - first);
            int count = latents(length);
            windows.add(new DecoderWindow(latent, latent + count, FRAMES_PER_LATENT * count - length));
            latent += count;
        }
        return windows;
    }

    private static int latents(int frames) {
        return (frames + FRAMES_PER_LATENT - 1) / FRAMES_PER_LATENT;
    }

    private static void requirePositive(int frames) {
        if (frames < 1) {
            throw new IllegalArgumentException("expected at least 1 frame, found " + frames);
        }
    }
}
