/**
 * Latents and captions' features as the trainer reads them: shards on disk, opened together, verified, memory-mapped.
 *
 * <p>Knows the shards' format; neither how they are encoded nor what they are used for. Start at {@link
 * dev.mugv.model.data.LatentDataset}.
 */
@NullMarked
package dev.mugv.model.data;

import org.jspecify.annotations.NullMarked;
