/**
 * The lineage graph: what was made from what, by which attempt, for ever. Nodes and edges are only added; a node gets its
 * parents in the transaction that records it, and every parent has a smaller id, so that no cycle can be and a node's
 * ancestors never change.
 *
 * <p>Knows tables and words, and nothing of steps, catalogs or files: {@code dev.mugv.steps.provenance} says what the pipeline
 * does in its terms. Start at {@link dev.mugv.steps.lineage.LineageGraph} to write and {@link
 * dev.mugv.steps.lineage.LineageReader} to read.
 */
@NullMarked
package dev.mugv.steps.lineage;

import org.jspecify.annotations.NullMarked;
