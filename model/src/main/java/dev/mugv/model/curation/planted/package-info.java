/**
 * The planted set: videos made of clean clips with defects, changes of shot and copies whose truth is known, and what filters and
 * detectors make of them.
 *
 * <p>Uses the curation as a run does, through its public classes; the curation knows nothing of it. Start at
 * {@link dev.mugv.model.curation.planted.PlantedMeasurement}.
 */
@NullMarked
package dev.mugv.model.curation.planted;

import org.jspecify.annotations.NullMarked;
