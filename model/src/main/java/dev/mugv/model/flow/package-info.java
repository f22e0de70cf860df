/**
 * Rectified flow (mugv.md, section 4): the training objective and the Euler sampler.
 *
 * <p>Knows the transformer as a function from latents to velocities; knows nothing of optimizers, data or files. Start at
 * {@link dev.mugv.model.flow.FlowMatching}.
 */
@NullMarked
package dev.mugv.model.flow;

import org.jspecify.annotations.NullMarked;
