/**
 * Checkpoints of a training: folders that are written in the background, published by rename, hold the hash of every file and
 * tensor, and are verified before anything resumes from them. Their tensors are logical: ranks contribute slices, and whoever
 * loads sees wholes.
 *
 * <p>Knows files of tensors and the contract of {@code model.run}; not what is trained. Start at {@link
 * dev.mugv.model.checkpoint.CheckpointStore}.
 */
@NullMarked
package dev.mugv.model.checkpoint;

import org.jspecify.annotations.NullMarked;
