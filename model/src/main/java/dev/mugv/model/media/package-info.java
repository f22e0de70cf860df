/**
 * Video files in and out through FFmpeg's libraries: probing, exact frame reading, sampling of clips, writing, pictures.
 *
 * <p>Knows nothing of curation, tensors or training. Start at {@link dev.mugv.model.media.FrameReader}, then
 * {@link dev.mugv.model.media.ClipFrames}.
 */
@NullMarked
package dev.mugv.model.media;

import org.jspecify.annotations.NullMarked;
