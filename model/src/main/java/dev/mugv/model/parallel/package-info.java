/**
 * One training on several ranks: which samples and which share of the optimizer's state are whose, and how gradients become one.
 *
 * <p>Knows flat parameters and {@code kernels.collective}; neither models nor how ranks are started. Start at {@link
 * dev.mugv.model.parallel.GradientSum}.
 */
@NullMarked
package dev.mugv.model.parallel;

import org.jspecify.annotations.NullMarked;
