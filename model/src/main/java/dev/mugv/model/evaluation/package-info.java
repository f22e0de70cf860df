/**
 * Measures of what a model makes: pictures against the pictures they should be, and videos against themselves.
 *
 * <p>Knows frames and curation's optical flow, not tensors nor files: every measure is a pure function of
 * {@link dev.mugv.model.media.RgbFrame}. Start at {@link dev.mugv.model.evaluation.SampleScores}.
 */
@NullMarked
package dev.mugv.model.evaluation;

import org.jspecify.annotations.NullMarked;
