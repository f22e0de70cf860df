package dev.mugv.steps.audit;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Appends to table {@code audit_event}. An event is committed with what it tells or not at all: inside a transaction it is
 * appended just before the commit, so that the end of the chain, which one appender holds at a time, is held for as long as
 * the commit takes and no lock is ever asked for after it.
 */
public final class AuditLog {
    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Actor actor;

    public AuditLog(JdbcClient jdbc, TransactionOperations transactions, Actor actor) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.actor = actor;
    }

    /** Who appends. */
    public Actor actor() {
        return actor;
    }

    /** Appends an event with the transaction that is under way, or in one of its own. */
    public void append(AuditEvent event) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    insert(event);
                }
            });
        } else {
            transactions.executeWithoutResult(status -> insert(event));
        }
    }

    private void insert(AuditEvent event) {
        jdbc.sql("SELECT append_audit_event(?, ?, ?, ?, ?, ?, ?)")
                .params(
                        event.kind().name(),
                        event.run().orElse(""),
                        event.subject(),
                        event.detailText(),
                        actor.user(),
                        actor.host(),
                        actor.process())
                .query(Long.class)
                .single();
    }
}
