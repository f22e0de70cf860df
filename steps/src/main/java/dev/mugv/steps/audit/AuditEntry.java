package dev.mugv.steps.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A row of {@code audit_event}. Many components because it is one row, read whole.
 *
 * <p>The canonical form is a sequence of netstrings ({@code <length of the UTF-8 bytes>:<bytes>,}): {@code mugv-audit-1},
 * number, previous hash, microseconds since 1970, kind, run (empty where absent), subject, detail, user, host, process,
 * database role, address. Its SHA-256, in hexadecimal, is the event's hash. {@code append_audit_event} computes the same
 * in SQL.
 *
 * @param kind as text: a newer build may know more kinds
 * @param run empty where it is about none
 */
public record AuditEntry(
        long number,
        String kind,
        String run,
        String subject,
        String detail,
        String user,
        String host,
        long process,
        String databaseRole,
        String address,
        long occurredAtMicros,
        String previousHash,
        String hash) {
    /** First field of everything that is hashed here, so that no other use of SHA-256 can be mistaken for it. */
    static final String FORMAT = "mugv-audit-1";

    static final String COLUMNS = """
            number, kind, run_name, subject, detail, os_user, host, process, database_role, address,
            (extract(epoch FROM occurred_at) * 1000000)::bigint AS micros, previous_hash, hash""";

    static AuditEntry of(ResultSet row) throws SQLException {
        String run = row.getString(3);
        return new AuditEntry(
                row.getLong(1),
                row.getString(2),
                run == null ? "" : run,
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getLong(8),
                row.getString(9),
                row.getString(10),
                row.getLong(11),
                row.getString(12),
                row.getString(13));
    }

    public Instant occurredAt() {
        return Instant.EPOCH.plus(occurredAtMicros, ChronoUnit.MICROS);
    }

    /** The hash that this row's content has, were it at some place. */
    String hashAt(long place) {
        return digest(
                FORMAT,
                Long.toString(place),
                previousHash,
                Long.toString(occurredAtMicros),
                kind,
                run,
                subject,
                detail,
                user,
                host,
                Long.toString(process),
                databaseRole,
                address);
    }

    /** Hash that the first event of a chain names as the one before. */
    static String genesis(String chainId) {
        return digest(FORMAT, chainId);
    }

    private static String digest(String... fields) {
        NetstringDigest digest = new NetstringDigest();
        for (String field : fields) {
            digest.field(field);
        }
        return digest.hex();
    }
}
