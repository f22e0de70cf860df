package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * How well the VideoVAE reconstructs: {@code vae-evaluation.json}.
 *
 * @param shape shape of the clips
 * @param psnr mean over clips, decibels
 * @param ssim mean over clips
 * @param clips in the order's sequence
 */
public record VaeEvaluation(VideoShape shape, double psnr, double ssim, List<Clip> clips) {
    public static final String FILE_NAME = "vae-evaluation.json";

    public VaeEvaluation {
        clips = List.copyOf(clips);
    }

    /**
     * @param clipId the clip
     * @param psnr peak signal-to-noise ratio over all its frames, decibels
     * @param ssim structural similarity, mean over its frames
     * @param sheet PNG with the clip's frames over the reconstructed ones, relative to the artifact
     */
    public record Clip(String clipId, double psnr, double ssim, String sheet) {}
}
