package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A clip as a range of its video; clips are not re-encoded, readers decode the range.
 *
 * @param clipId see {@link #idOf}
 * @param video the source file
 * @param videoSha256 hash of the source file
 * @param firstFrame 0-based index in presentation order
 * @param endFrame exclusive
 * @param fps frames a second of the video
 * @param entry where a reader may start decoding, at or before {@code firstFrame}
 */
public record ClipSource(
        String clipId, Path video, String videoSha256, int firstFrame, int endFrame, double fps, EntryPoint entry) {
    public ClipSource {
        if (firstFrame < 0 || endFrame <= firstFrame) {
            throw new IllegalArgumentException(
                    "expected 0 <= firstFrame < endFrame, found " + firstFrame + " and " + endFrame);
        }
        if (!(fps > 0) || !Double.isFinite(fps)) {
            throw new IllegalArgumentException("fps: expected a positive number, found " + fps);
        }
        if (entry.frame() > firstFrame) {
            throw new IllegalArgumentException(
                    "entry: expected at or before frame " + firstFrame + ", found " + entry.frame());
        }
    }

    /** A clip that is read by decoding its video from the start. */
    public ClipSource(String clipId, Path video, String videoSha256, int firstFrame, int endFrame, double fps) {
        this(clipId, video, videoSha256, firstFrame, endFrame, fps, EntryPoint.START);
    }

    /** First 16 hexadecimal digits of the SHA-256 of {@code <videoSha256>:<firstFrame>-<endFrame>}. */
    public static String idOf(String videoSha256, int firstFrame, int endFrame) {
        String recipe = videoSha256 + ":" + firstFrame + "-" + endFrame;
        return Sha256.of(recipe.getBytes(StandardCharsets.US_ASCII)).substring(0, 16);
    }

    /** This clip with its video's path resolved against the workspace; an absolute path stays as it is. */
    public ClipSource within(Path workspace) {
        return new ClipSource(clipId, workspace.resolve(video), videoSha256, firstFrame, endFrame, fps, entry);
    }

    public int frames() {
        return endFrame - firstFrame;
    }

    public double seconds() {
        return frames() / fps;
    }

    /**
     * Index in the video of the shape's frame {@code number}: the nearest to {@code number / shape.fps()} seconds after
     * the clip's start, halves up. May lie at or beyond {@link #endFrame}, see {@link #isLongEnoughFor}.
     */
    public int sampledFrame(VideoShape shape, int number) {
        return firstFrame + (int) Math.floor(number * fps / shape.fps() + 0.5);
    }

    /** Whether every frame of the shape lies within the clip. */
    public boolean isLongEnoughFor(VideoShape shape) {
        return sampledFrame(shape, shape.frames() - 1) < endFrame;
    }
}
