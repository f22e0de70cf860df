package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.List;
import java.util.Optional;

/**
 * How well the VideoVAE reconstructs: {@code vae-evaluation.json}.
 *
 * @param resolutions in the order's sequence, at least one
 * @param clips those of the first resolution, in the order's sequence
 */
public record VaeEvaluation(List<Resolution> resolutions, List<Clip> clips) {
    public static final String FILE_NAME = "vae-evaluation.json";

    public VaeEvaluation {
        resolutions = List.copyOf(resolutions);
        clips = List.copyOf(clips);
    }

    /** Mean over the clips of the first resolution, decibels. */
    public double psnr() {
        return resolutions.get(0).psnr();
    }

    /** Mean over the clips of the first resolution. */
    public double ssim() {
        return resolutions.get(0).ssim();
    }

    /**
     * Means over the clips of one shape.
     *
     * @param clips how many
     * @param psnr decibels
     * @param ssim structural similarity
     * @param perceptual distance by the perceptual network, if there is one
     */
    public record Resolution(VideoShape shape, int clips, double psnr, double ssim, Optional<Double> perceptual) {}

    /**
     * @param clipId the clip
     * @param psnr peak signal-to-noise ratio over all its frames, decibels
     * @param ssim structural similarity, mean over its frames
     * @param sheet PNG with the clip's frames over the reconstructed ones, relative to the artifact
     */
    public record Clip(String clipId, double psnr, double ssim, String sheet) {}
}
