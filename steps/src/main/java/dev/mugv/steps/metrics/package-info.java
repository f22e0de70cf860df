/**
 * Figures of a database's runs for Prometheus: read out of the ledger when they are asked for, so that any process can give
 * them out. Start at {@link dev.mugv.steps.metrics.LedgerMetrics}.
 */
@NullMarked
package dev.mugv.steps.metrics;

import org.jspecify.annotations.NullMarked;
