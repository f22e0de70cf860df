/**
 * Which weight an average of the weights gives to each update: power functions of the update, and what of theirs can be put together
 * from kept snapshots (Karras et al., "Analyzing and Improving the Training Dynamics of Diffusion Models", 2024, section 3).
 *
 * <p>Knows numbers alone, neither tensors nor files. Start at {@link dev.mugv.model.averaging.PowerProfile}.
 */
@NullMarked
package dev.mugv.model.averaging;

import org.jspecify.annotations.NullMarked;
