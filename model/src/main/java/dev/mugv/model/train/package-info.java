/**
 * The trainer: one loop of updates with schedule, clipping, optimizer, guard against non-finite numbers, metrics and
 * checkpoints; and what is plugged into it: rectified flow on real latents, DPO and KTO on labelled samples; width
 * expansion and merging of checkpoints.
 *
 * <p>Knows tensors, the model and published artifacts; neither the controller nor the database. Start at {@link
 * dev.mugv.model.train.TrainingLoop} and {@link dev.mugv.model.train.Trainable}.
 */
@NullMarked
package dev.mugv.model.train;

import org.jspecify.annotations.NullMarked;
