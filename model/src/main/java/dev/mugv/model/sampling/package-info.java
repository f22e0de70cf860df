/**
 * Which clip, at which shape, each slot of each update of a training shows: pure functions of a recipe, without tensors, so
 * that the controller can say afterwards what a checkpoint has seen.
 *
 * <p>Knows configuration, formats and counter-based random numbers. Start at {@link dev.mugv.model.sampling.StageDraws}.
 */
@NullMarked
package dev.mugv.model.sampling;

import org.jspecify.annotations.NullMarked;
