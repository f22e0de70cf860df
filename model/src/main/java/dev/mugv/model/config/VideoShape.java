package dev.mugv.model.config;

/**
 * Size of the videos that a training stage sees.
 *
 * @param width pixels, a multiple of 16 (8 by the VAE, 2 by the patch)
 * @param height pixels, a multiple of 16
 * @param frames sampled frames: 1 for an image, else a multiple of 8
 * @param fps frames a second at which a clip is sampled
 */
public record VideoShape(int width, int height, int frames, double fps) {
    public VideoShape {
        new Faults()
                .require(width >= 16 && width % 16 == 0, "width", "expected a multiple of 16, found " + width)
                .require(height >= 16 && height % 16 == 0, "height", "expected a multiple of 16, found " + height)
                .require(
                        frames == 1 || (frames >= 8 && frames % 8 == 0),
                        "frames",
                        "expected 1 or a multiple of 8, found " + frames)
                .within(0.1, 240, fps, "fps")
                .throwIfAny();
    }

    public boolean isImage() {
        return frames == 1;
    }

    /** Frames of the latent: one for an image, else an eighth. */
    public int latentFrames() {
        return isImage() ? 1 : frames / 8;
    }

    public int latentHeight() {
        return height / 8;
    }

    public int latentWidth() {
        return width / 8;
    }

    /** Patches of the latent, two by two of its places: the transformer's tokens without start and end. */
    public int patches() {
        return latentFrames() * (latentHeight() / 2) * (latentWidth() / 2);
    }

    /** The first frame of this shape, as an image. */
    public VideoShape image() {
        return new VideoShape(width, height, 1, fps);
    }

    /** For example {@code 64x64x16@8.0}, used in keys and file names. */
    public String label() {
        return width + "x" + height + "x" + frames + "@" + fps;
    }
}
