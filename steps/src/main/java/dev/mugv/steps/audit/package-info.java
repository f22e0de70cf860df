/**
 * The audit log: events in a chain of hashes, its verification, the register of published checkpoints, and the
 * comparison of the ledger with what the log tells of it.
 *
 * <p>Knows neither steps nor jobs: they tell it what happened. Start at {@link dev.mugv.steps.audit.AuditLog} and
 * {@link dev.mugv.steps.audit.ChainVerification}; the canonical form that is hashed stands in {@link
 * dev.mugv.steps.audit.AuditEntry} and in {@code ops/audit/README.md}.
 */
@NullMarked
package dev.mugv.steps.audit;

import org.jspecify.annotations.NullMarked;
