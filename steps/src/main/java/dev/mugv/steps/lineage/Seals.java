package dev.mugv.steps.lineage;

import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Table {@code lineage_seal}: the hash of each node with all that hangs on it, as it was recorded. What was recorded together is a
 * batch, and the audit log tells the hash of a batch's seals with the commit of what is sealed: whoever changes a row past all
 * triggers would have to change the chain too. {@link SealVerification} computes them anew.
 */
final class Seals {
    private static final RowMapper<Summary> SUMMARY =
            (row, number) -> new Summary(row.getLong("rows"), row.getString("hash"));

    private final JdbcClient jdbc;
    private final AuditLog log;

    Seals(JdbcClient jdbc) {
        this.jdbc = jdbc;
        // The caller's transaction, or none: lineage is recorded within one.
        this.log = new AuditLog(jdbc, TransactionOperations.withoutTransaction(), Actor.ofThisProcess());
    }

    /** Rows that were added, and the hash over them. */
    record Summary(long rows, String sha256) {}

    /** Begins a batch. */
    long newBatch() {
        return jdbc.sql("SELECT nextval('lineage_batch_seq')").query(Long.class).single();
    }

    /** Adds names, those that are there left as they are. */
    Summary addNames(long batch, List<String> names, Collection<Long> owners) {
        return jdbc.sql("""
                        WITH added AS (
                            INSERT INTO lineage_name (name, node_id, batch)
                            SELECT n.name, n.node_id, ? FROM unnest(?::text[], ?::bigint[]) AS n(name, node_id)
                            ON CONFLICT ON CONSTRAINT lineage_name_pk DO NOTHING RETURNING name, node_id)
                        SELECT count(*) AS rows, encode(sha256(convert_to(coalesce(string_agg(
                            audit_field(name) || audit_field(node_id::text), '' ORDER BY name, node_id), ''), 'UTF8')), 'hex') AS hash
                        FROM added""")
                .param(batch)
                .param(names.toArray(String[]::new))
                .param(owners.stream().mapToLong(Long::longValue).toArray())
                .query(SUMMARY)
                .single();
    }

    /** Seals new nodes once everything that hangs on them is there, and tells the audit log of the batch. */
    void close(long batch, Collection<Long> nodes, Summary names) {
        if (nodes.isEmpty() && names.rows() == 0) {
            return;
        }
        Summary sealed = jdbc.sql("""
                        WITH sealed AS (
                            INSERT INTO lineage_seal (node_id, batch, seal)
                            SELECT s.node_id, ?, s.seal FROM lineage_seals(?::bigint[]) AS s RETURNING node_id, seal)
                        SELECT count(*) AS rows,
                            encode(sha256(coalesce(string_agg(seal, ''::bytea ORDER BY node_id), ''::bytea)), 'hex') AS hash
                        FROM sealed""")
                .param(batch)
                .param(nodes.stream().mapToLong(Long::longValue).toArray())
                .query(SUMMARY)
                .single();
        TreeMap<String, Object> detail = new TreeMap<>();
        detail.put("batch", batch);
        detail.put("names", names.rows());
        detail.put("names-sha256", names.sha256());
        detail.put("nodes", sealed.rows());
        detail.put("seals-sha256", sealed.sha256());
        log.append(new AuditEvent(AuditKind.RECORDED, Optional.empty(), "lineage/" + batch, detail));
    }
}
