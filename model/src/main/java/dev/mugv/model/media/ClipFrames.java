package dev.mugv.model.media;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.VideoProperties;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.util.ArrayList;
import java.util.List;

/** The frames of a clip at a training shape: sampled in time, resized to fill, cropped at the centre. */
public final class ClipFrames {
    private static final int DECODING_THREADS = 2;

    private ClipFrames() {}

    /**
     * Decodes a clip.
     *
     * @return {@code shape.frames()} frames of {@code shape.width()} x {@code shape.height()} pixels; index and seconds
     *     count from the clip's start, at {@code shape.fps()} ({@link ClipSource#sampledFrame} says which source frames)
     * @throws WorkFailure INVALID_REQUEST when the clip is too short for the shape; CORRUPT when the video ends before
     *     the clip does
     */
    public static List<RgbFrame> read(ClipSource clip, VideoShape shape) {
        if (!clip.isLongEnoughFor(shape)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot read clip %s at shape %s: expected at least %d frames of '%s', found %d. Choose fewer frames or longer clips."
                            .formatted(
                                    clip.clipId(),
                                    shape.label(),
                                    clip.sampledFrame(shape, shape.frames() - 1) - clip.firstFrame() + 1,
                                    clip.video(),
                                    clip.frames()));
        }
        List<RgbFrame> frames = new ArrayList<>(shape.frames());
        try (FrameReader reader = FrameReader.openAt(clip.video(), DECODING_THREADS, clip.entry())) {
            FrameSize filled = fillingSize(reader.properties(), shape);
            while (frames.size() < shape.frames() && reader.advance()) {
                addWanted(frames, reader, clip, shape, filled);
            }
        }
        if (frames.size() < shape.frames()) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot read clip %s: expected frames %d to %d in '%s', found the video's end before that. Restore the video or curate it again."
                            .formatted(clip.clipId(), clip.firstFrame(), clip.endFrame() - 1, clip.video()));
        }
        return List.copyOf(frames);
    }

    /** Adds the current frame as often as the shape asks for it (more than once when the shape is faster). */
    private static void addWanted(
            List<RgbFrame> frames, FrameReader reader, ClipSource clip, VideoShape shape, FrameSize filled) {
        if (reader.index() != clip.sampledFrame(shape, frames.size())) {
            return;
        }
        RgbFrame picture = crop(reader.rgb(filled), shape.width(), shape.height());
        while (frames.size() < shape.frames() && reader.index() == clip.sampledFrame(shape, frames.size())) {
            frames.add(picture.at(frames.size(), frames.size() / shape.fps()));
        }
    }

    /** Smallest size of the video's displayed aspect that covers the shape. */
    private static FrameSize fillingSize(VideoProperties video, VideoShape shape) {
        double displayedWidth = video.width() * video.pixelAspect();
        double scale = Math.max(shape.width() / displayedWidth, shape.height() / (double) video.height());
        int width = (int) Math.round(displayedWidth * scale);
        int height = (int) Math.round(video.height() * scale);
        return new FrameSize(Math.max(shape.width(), width), Math.max(shape.height(), height));
    }

    private static RgbFrame crop(RgbFrame frame, int width, int height) {
        int left = (frame.width() - width) / 2;
        int top = (frame.height() - height) / 2;
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            int from = 3 * ((top + y) * frame.width() + left);
            System.arraycopy(frame.pixels(), from, pixels, 3 * y * width, 3 * width);
        }
        return new RgbFrame(frame.index(), frame.seconds(), width, height, pixels);
    }
}
