package dev.mugv.steps.catalog;

import dev.mugv.model.config.VideoShape;

/**
 * A clip that came as a latent.
 *
 * @param clipId the sample's name
 * @param latentSha256 hash of the file that its latent was imported from
 * @param shape of the video that was encoded
 * @param caption caption, or that it is not known
 */
public record ImportedClip(String clipId, String latentSha256, VideoShape shape, String caption) {}
