/**
 * Labels of generated samples where no person has given any.
 *
 * <p>Knows the measures that were published with the samples; neither the samples themselves nor how they are trained on.
 * Start at {@link dev.mugv.steps.preference.LabellingRule}.
 */
@NullMarked
package dev.mugv.steps.preference;

import org.jspecify.annotations.NullMarked;
