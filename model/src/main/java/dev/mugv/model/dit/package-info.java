/**
 * The diffusion transformer MUG-DiT (mugv.md, section 3), with the published names and shapes.
 *
 * <p>Predicts a velocity; knows nothing of noise schedules, samplers, optimizers or files other than through
 * {@link dev.mugv.model.tensor}. Start at {@link dev.mugv.model.dit.DiffusionTransformer}; the arithmetic itself is in
 * {@code transformer.py} beside it in the resources.
 */
@NullMarked
package dev.mugv.model.dit;

import org.jspecify.annotations.NullMarked;
