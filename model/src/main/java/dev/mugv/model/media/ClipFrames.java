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
            VideoProperties video = reader.properties();
            Framing framing = new Framing(new FrameSize(shape.width(), shape.height()));
            FrameSize covering = framing.covering(video.width() * video.pixelAspect(), video.height());
            while (frames.size() < shape.frames() && reader.advance()) {
                if (reader.index() == clip.sampledFrame(shape, frames.size())) {
                    addWanted(frames, framing.crop(reader.rgb(covering)), clip, shape);
                }
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

    /** Adds a frame as often as the shape asks for it (more than once when the shape is faster). */
    private static void addWanted(List<RgbFrame> frames, RgbFrame picture, ClipSource clip, VideoShape shape) {
        while (frames.size() < shape.frames() && picture.index() == clip.sampledFrame(shape, frames.size())) {
            frames.add(picture.at(frames.size(), frames.size() / shape.fps()));
        }
    }
}
