/**
 * Planning and recording of everything that trains: VAE, latents, curriculum, expansion, finetuning, merging.
 *
 * <p>Trains nothing and loads no tensor. Start at {@link dev.mugv.steps.training.TrainModelPlanner}.
 */
@NullMarked
package dev.mugv.steps.training;

import org.jspecify.annotations.NullMarked;
