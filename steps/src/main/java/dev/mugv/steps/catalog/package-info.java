/**
 * What is known of videos, clips, decisions, stages and labels: one class a table group, plain SQL.
 *
 * <p>Knows neither Spring Batch nor executors nor how anything was computed. Start at
 * {@link dev.mugv.steps.catalog.ClipCatalog}.
 */
@NullMarked
package dev.mugv.steps.catalog;

import org.jspecify.annotations.NullMarked;
