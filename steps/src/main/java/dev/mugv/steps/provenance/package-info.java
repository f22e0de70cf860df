/**
 * What the pipeline does, said in the terms of the lineage graph: which nodes an artifact of each task stands for, and what they
 * were made from. Called where results are recorded, in the same transaction.
 *
 * <p>Reads published artifacts, work orders and the ledger; must not know Spring Batch or the executor. Start at {@link
 * dev.mugv.steps.provenance.ArtifactLineage}.
 */
@NullMarked
package dev.mugv.steps.provenance;

import org.jspecify.annotations.NullMarked;
