/**
 * The contract between controller and workers: work orders, artifacts, manifests and exit records.
 *
 * <p>Knows neither tensors nor databases nor Slurm: both sides read it. Start at {@link dev.mugv.model.run.WorkOrder},
 * then {@link dev.mugv.model.run.ArtifactStore}.
 */
@NullMarked
package dev.mugv.model.run;

import org.jspecify.annotations.NullMarked;
