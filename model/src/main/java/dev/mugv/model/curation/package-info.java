/**
 * Curation measures: shots and clips of a video, scores of a clip, near-duplicates, captions from measures.
 *
 * <p>Measures and never judges: thresholds belong to the controller. Knows media, and tensors only where a learned scorer
 * is configured; nothing of training. Start at
 * {@link dev.mugv.model.curation.VideoCurator}, then {@link dev.mugv.model.curation.TransitionDetector}.
 */
@NullMarked
package dev.mugv.model.curation;

import org.jspecify.annotations.NullMarked;
