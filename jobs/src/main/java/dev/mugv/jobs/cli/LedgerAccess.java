package dev.mugv.jobs.cli;

import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditLog;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The ledger for commands that write a little of it and run no job.
 *
 * @param transactions of the same source as {@code jdbc}
 */
record LedgerAccess(JdbcClient jdbc, TransactionTemplate transactions) {
    static LedgerAccess of(DataSource source) {
        return new LedgerAccess(JdbcClient.create(source), new TransactionTemplate(new JdbcTransactionManager(source)));
    }

    /** The audit log in the name of this process. */
    AuditLog log() {
        return new AuditLog(jdbc, transactions, Actor.ofThisProcess());
    }
}
