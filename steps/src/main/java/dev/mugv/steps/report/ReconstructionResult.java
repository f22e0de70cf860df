package dev.mugv.steps.report;

import java.util.List;
import java.util.Optional;

/**
 * How well the VideoVAE reconstructs held-out clips.
 *
 * @param resolutions a row each
 * @param clips of the first resolution, to be looked at
 */
public record ReconstructionResult(List<Resolution> resolutions, List<Reconstruction> clips) {
    /** Nothing was evaluated. */
    public static final ReconstructionResult NONE = new ReconstructionResult(List.of(), List.of());

    public ReconstructionResult {
        resolutions = List.copyOf(resolutions);
        clips = List.copyOf(clips);
    }

    /**
     * Means over clips of one shape.
     *
     * @param shape in words
     * @param clips how many
     * @param psnr decibels
     * @param ssim 1 for equal pictures
     * @param perceptual distance by the perceptual network, if one was given
     */
    public record Resolution(String shape, int clips, double psnr, double ssim, Optional<Double> perceptual) {}

    public boolean isEmpty() {
        return clips.isEmpty();
    }

    /** The same with the first clips only. */
    public ReconstructionResult first(int most) {
        return new ReconstructionResult(resolutions, clips.subList(0, Math.min(most, clips.size())));
    }
}
