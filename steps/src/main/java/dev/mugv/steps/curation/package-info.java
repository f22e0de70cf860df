/**
 * Curation as the controller sees it: screening, planning of the workers' part, and the decisions about clips.
 *
 * <p>Computes no measure and opens no video: it reads what workers published. Start at
 * {@link dev.mugv.steps.curation.ClipSelection}.
 */
@NullMarked
package dev.mugv.steps.curation;

import org.jspecify.annotations.NullMarked;
