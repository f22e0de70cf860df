package dev.mugv.steps.audit;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Where the chain ends, by {@code audit_chain}.
 *
 * @param chainId identity of the chain
 * @param events how many events there are
 * @param hash of the last
 */
public record ChainState(String chainId, long events, String hash) {
    public static ChainState read(JdbcClient jdbc) {
        return jdbc.sql("SELECT chain_id, events, hash FROM audit_chain")
                .query((row, number) -> new ChainState(row.getString(1), row.getLong(2), row.getString(3)))
                .single();
    }

    /**
     * Holds a head against the database by one question, for the start of work; {@link ChainVerification} looks at all.
     *
     * @return what is wrong, if anything
     */
    public Optional<String> objection(JdbcClient jdbc, HeadFiles.Located located) {
        AuditHead head = located.head();
        if (!head.chainId().equals(chainId)) {
            return Optional.of("'%s' was written beside another database (chain %s, this is %s)"
                    .formatted(located.file(), head.chainId(), chainId));
        }
        if (head.events() > events) {
            return Optional.of("'%s' was written when the audit log had %d events, this database has %d"
                    .formatted(located.file(), head.events(), events));
        }
        boolean agrees = jdbc.sql("SELECT hash FROM audit_event WHERE number = ?")
                .param(head.events())
                .query(String.class)
                .optional()
                .equals(Optional.of(head.hash()));
        return agrees
                ? Optional.empty()
                : Optional.of("event %d is not the one that '%s' names".formatted(head.events(), located.file()));
    }
}
