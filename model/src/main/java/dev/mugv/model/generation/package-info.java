/**
 * From a prompt and given frames to a video that can be watched: encoding, start noise, sampling, decoding.
 *
 * <p>Knows the transformer, the sampler and the VideoVAE; neither files nor measures. Start at
 * {@link dev.mugv.model.generation.VideoGenerator}.
 */
@NullMarked
package dev.mugv.model.generation;

import org.jspecify.annotations.NullMarked;
