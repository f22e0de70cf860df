/**
 * Preference alignment as the controller sees it: what is sampled, and how labels come to be.
 *
 * <p>Generates nothing and trains nothing. Start at {@link dev.mugv.steps.alignment.PreferenceLabelling}.
 */
@NullMarked
package dev.mugv.steps.alignment;

import org.jspecify.annotations.NullMarked;
