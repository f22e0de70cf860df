/**
 * Checkpoints of a training: folders that are published by rename, hold the hash of every file, and are verified before
 * anything resumes from them.
 *
 * <p>Knows files and the contract of {@code model.run}; neither tensors nor what is trained. Start at {@link
 * dev.mugv.model.checkpoint.CheckpointStore}.
 */
@NullMarked
package dev.mugv.model.checkpoint;

import org.jspecify.annotations.NullMarked;
