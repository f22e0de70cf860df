package dev.mugv.steps.report;

import java.nio.file.Path;

/**
 * A clip beside what the VideoVAE makes of it.
 *
 * @param clipId the clip
 * @param sheet PNG with the clip's frames over the reconstructed ones
 * @param psnr decibels
 * @param ssim 1 for equal pictures
 */
public record Reconstruction(String clipId, Path sheet, double psnr, double ssim) {}
