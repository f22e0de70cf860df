package dev.mugv.steps.audit;

import dev.mugv.steps.audit.AuditFinding.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the audit log from its first event to its last, in one snapshot, and finds every change, gap, exchange and cut-off
 * end; then holds it against the heads beside published checkpoints, which a database restored from an older backup cannot
 * agree with. Memory does not grow with the log: events are streamed.
 */
public final class ChainVerification {
    private static final int FETCHED_ROWS = 2000;

    /** What is shown of findings; their number is always whole. */
    private static final int MAX_FINDINGS = 200;

    /** An event that was moved is looked for among the others that are wrong, and this far around. */
    private static final int NEIGHBOURHOOD = 8;

    private final Connection connection;
    private final Map<Long, List<HeadFiles.Located>> heads = new HashMap<>();
    private final List<AuditFinding> findings = new ArrayList<>();
    private final List<AuditEntry> wrong = new ArrayList<>();
    private final HeadComparison comparison;
    private long suppressed;

    /**
     * @param connection of its own: a transaction is begun and ended on it
     * @param located heads beside published checkpoints
     */
    public ChainVerification(Connection connection, Collection<HeadFiles.Located> located) {
        this.connection = connection;
        located.forEach(head -> heads.computeIfAbsent(head.head().events(), key -> new ArrayList<>())
                .add(head));
        this.comparison = new HeadComparison(located);
    }

    /**
     * What was found.
     *
     * @param chainId identity of the chain
     * @param events how many were read
     * @param hash of the last one read
     * @param heads how many files were held against it
     * @param findings what is wrong, in the order of events; at most 200
     * @param more findings beyond those
     */
    public record Result(String chainId, long events, String hash, int heads, List<AuditFinding> findings, long more) {
        public boolean isSound() {
            return findings.isEmpty();
        }
    }

    /** Reads everything. */
    public Result verify() throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return readAll(statement);
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private Result readAll(Statement statement) throws SQLException {
        ChainState state = state(statement);
        Walk walk = new Walk(AuditEntry.genesis(state.chainId()));
        try (PreparedStatement select =
                connection.prepareStatement("SELECT " + AuditEntry.COLUMNS + " FROM audit_event ORDER BY number")) {
            select.setFetchSize(FETCHED_ROWS);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    look(walk, AuditEntry.of(rows));
                }
            }
        }
        nameWrongOnes();
        compareEnd(walk, state);
        comparison
                .findings(state, walk.number, suppressed == 0 && findings.isEmpty())
                .forEach(this::add);
        int files = heads.values().stream().mapToInt(List::size).sum();
        return new Result(state.chainId(), walk.read, walk.hash, files, MovedEvents.merged(findings), suppressed);
    }

    private static ChainState state(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT chain_id, events, hash FROM audit_chain")) {
            if (!row.next()) {
                return new ChainState("none", 0, "");
            }
            return new ChainState(row.getString(1), row.getLong(2), row.getString(3));
        }
    }

    private void look(Walk walk, AuditEntry event) {
        boolean follows = event.number() == walk.number + 1;
        if (!follows) {
            add(new AuditFinding(
                    Kind.MISSING,
                    walk.number + 1,
                    event.number() - 1,
                    "expected %s, found none".formatted(events(walk.number + 1, event.number() - 1))));
        }
        boolean authentic = event.hashAt(event.number()).equals(event.hash());
        if (!authentic) {
            if (wrong.size() < MAX_FINDINGS) {
                wrong.add(event);
            } else {
                suppressed++;
            }
        } else if (follows && walk.soundBefore && !event.previousHash().equals(walk.hash)) {
            add(new AuditFinding(
                    Kind.EXCHANGED,
                    event.number() - 1,
                    event.number(),
                    "event %d names %s as the hash before it, found %s: event %d, or everything before it, is not what was written"
                            .formatted(
                                    event.number(),
                                    brief(event.previousHash()),
                                    brief(walk.hash),
                                    event.number() - 1)));
        }
        for (HeadFiles.Located head : heads.getOrDefault(event.number(), List.of())) {
            comparison.note(head, event.hash());
        }
        walk.step(event, authentic);
    }

    /** An event that is authentic at another place was moved there from it; any other was changed. */
    private void nameWrongOnes() {
        Set<Long> places = new HashSet<>();
        for (AuditEntry event : wrong) {
            places.add(event.number());
            for (int i = 1; i <= NEIGHBOURHOOD; i++) {
                places.add(event.number() + i);
                places.add(event.number() - i);
            }
        }
        wrong.forEach(event -> add(MovedEvents.finding(event, places)));
    }

    private void compareEnd(Walk walk, ChainState state) {
        if (state.events() > walk.number) {
            add(new AuditFinding(
                    Kind.CUT_OFF,
                    walk.number + 1,
                    state.events(),
                    "the database says that it appended %d events, found the last to be %d: %s cut off at the end"
                            .formatted(state.events(), walk.number, events(walk.number + 1, state.events()))));
        } else if (state.events() < walk.number || !state.hash().equals(walk.hash)) {
            add(new AuditFinding(
                    Kind.EXCHANGED,
                    walk.number,
                    walk.number,
                    "the database says that event %d with hash %s is its last, found event %d with hash %s"
                            .formatted(state.events(), brief(state.hash()), walk.number, brief(walk.hash))));
        }
    }

    private void add(AuditFinding finding) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(finding);
        } else {
            suppressed++;
        }
    }

    static String events(long first, long last) {
        return first == last ? "event " + first : "events %d to %d".formatted(first, last);
    }

    static String brief(String hash) {
        return hash.length() < 12 ? hash : hash.substring(0, 12) + "...";
    }

    /** Where the reading is. */
    private static final class Walk {
        private long number;
        private long read;
        private String hash;
        private boolean soundBefore = true;

        Walk(String genesis) {
            this.hash = genesis;
        }

        void step(AuditEntry event, boolean authentic) {
            number = event.number();
            hash = event.hash();
            soundBefore = authentic;
            read++;
        }
    }
}
