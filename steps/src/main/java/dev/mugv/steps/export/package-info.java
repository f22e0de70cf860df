/**
 * The lineage of something as other systems read it: OpenLineage events, W3C PROV, a Process Run Crate, and a signed in-toto
 * statement of a released checkpoint.
 *
 * <p>Reads the graph of {@link dev.mugv.steps.lineage} and knows no other table; nothing here decides whether an export is
 * allowed. Start at {@link dev.mugv.steps.export.Excerpt}, which every format is made from.
 */
@NullMarked
package dev.mugv.steps.export;

import org.jspecify.annotations.NullMarked;
