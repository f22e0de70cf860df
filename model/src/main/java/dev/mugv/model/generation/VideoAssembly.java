package dev.mugv.model.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * From latents to the frames of a video (mugv.md, section 7.1): latents between given ones are decoded together, and given
 * frames stand in their own places as they were given.
 */
public final class VideoAssembly {
    private final GenerationRequest request;
    private final VideoVae vae;

    /**
     * @param vae stays the caller's
     */
    public VideoAssembly(GenerationRequest request, VideoVae vae) {
        this.request = request;
        this.vae = vae;
    }

    /**
     * Hands out every frame of the video, in order; few of them are in memory at once.
     *
     * @param sample_BCFHW the video's latents, B = 1
     */
    public void forEach(NDArray sample_BCFHW, Consumer<RgbFrame> sink) {
        Numbered frames = new Numbered(sink);
        int latents = request.shape().latentFrames();
        int next = 0;
        while (next < latents) {
            Optional<GivenFrames> given = givenAt(next);
            if (given.isPresent()) {
                given.get().frames().forEach(frames::add);
                next += given.get().latents();
            } else {
                int end = next + 1;
                while (end < latents && givenAt(end).isEmpty()) {
                    end++;
                }
                decode(sample_BCFHW, next, end, frames);
                next = end;
            }
        }
    }

    private void decode(NDArray sample_BCFHW, int from, int to, Numbered frames) {
        try (NDManager local = sample_BCFHW.getManager().newSubManager()) {
            NDArray made_BCFHW = sample_BCFHW.get(new NDIndex(":,:,{}:{}", from, to));
            made_BCFHW.attach(local);
            vae.decode(
                    made_BCFHW,
                    GivenFrames.FRAMES_PER_LATENT * (to - from),
                    piece ->
                            FrameTensors.frames(piece, 0, request.shape().fps()).forEach(frames::add));
        }
    }

    private Optional<GivenFrames> givenAt(int latentFrame) {
        return request.given().stream()
                .filter(some -> some.latentFrame() == latentFrame)
                .findFirst();
    }

    /** Gives frames their places in the video. */
    private final class Numbered {
        private final Consumer<RgbFrame> sink;
        private int count;

        Numbered(Consumer<RgbFrame> sink) {
            this.sink = sink;
        }

        void add(RgbFrame frame) {
            sink.accept(frame.at(count, count / request.shape().fps()));
            count++;
        }
    }
}
