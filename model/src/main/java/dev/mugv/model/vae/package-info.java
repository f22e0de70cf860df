/**
 * The VideoVAE: videos to latents and back (mugv.md, section 2), its training and its state dict.
 *
 * <p>Knows neither files of videos nor work orders. Start at {@link dev.mugv.model.vae.VideoVae}; what the
 * nets compute is in {@code video_vae.py}.
 */
@NullMarked
package dev.mugv.model.vae;

import org.jspecify.annotations.NullMarked;
