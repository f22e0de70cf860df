package dev.mugv.steps.lineage;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.audit.AuditFinding;
import dev.mugv.steps.audit.AuditFinding.Kind;
import dev.mugv.steps.audit.NetstringDigest;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the whole lineage graph in one snapshot, computes every seal anew and holds the seals of each batch against the audit event
 * that tells of it: a row of any {@code lineage_} table that was changed, added or removed past the triggers is named. Rows are
 * streamed. What the events say is as good as their chain, which {@link dev.mugv.steps.audit.ChainVerification} looks at.
 */
public final class SealVerification {
    private static final int FETCHED_ROWS = 5000;
    private static final int MAX_FINDINGS = 200;
    private static final int NAMED = 5;
    private static final String CIRCUMSTANCE = ", a circumstance";
    private static final String FORMAT = "mugv-lineage-1";

    private static final String NODES = """
            SELECT coalesce(n.node_id, s.node_id) AS id, n.node_id IS NULL AS gone, n.kind, n.identity, n.label, n.facts::text,
                (extract(epoch FROM n.recorded_at) * 1000000)::bigint AS micros, n.recorded_in::text, s.batch, s.seal,
                encode(sha256(convert_to(d.content, 'UTF8')), 'hex') AS document, c.ancestors::text,
                encode(sha256(c.members), 'hex') AS closure
            FROM lineage_node n FULL JOIN lineage_seal s ON s.node_id = n.node_id
            LEFT JOIN lineage_document d ON d.node_id = n.node_id
            LEFT JOIN lineage_closure c ON c.node_id = n.node_id ORDER BY 1""";

    private final Connection connection;
    private final Map<Long, Told> told = new TreeMap<>();
    private final Map<Long, Batch> batches = new HashMap<>();
    private final List<AuditFinding> findings = new ArrayList<>();
    private long more;
    private long nodes;

    /** @param connection of its own: a transaction is begun and ended on it */
    public SealVerification(Connection connection) {
        this.connection = connection;
    }

    /**
     * What was found.
     *
     * @param nodes how many were read
     * @param findings what is wrong; at most 200
     * @param more findings beyond those
     */
    public record Result(long nodes, List<AuditFinding> findings, long more) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    /** What an event tells of a batch. */
    private record Told(long event, long nodes, String seals, long names, String namesHash) {}

    /** The seals of a batch, as far as they were read. */
    private static final class Batch {
        private final MessageDigest digest = Sha256.digest();
        private final List<String> first = new ArrayList<>();
        private long seals;

        void add(byte[] seal, String node) {
            digest.update(seal);
            seals++;
            if (first.size() < NAMED) {
                first.add(node);
            }
        }
    }

    /** Reads everything. */
    public Result verify() throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            readEvents();
            compareWords();
            compareNodes();
            compareBatches();
            compareNames();
            findStrays();
            return new Result(nodes, findings, more);
        } finally {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        }
    }

    private void readEvents() throws SQLException {
        read("SELECT number, detail FROM audit_event WHERE kind = 'RECORDED' ORDER BY number", row -> {
            JsonNode detail = parsed(row.getString("detail"));
            Told batch = new Told(
                    row.getLong("number"),
                    detail.path("nodes").asLong(0),
                    detail.path("seals-sha256").asString(""),
                    detail.path("names").asLong(0),
                    detail.path("names-sha256").asString(""));
            Told before = told.putIfAbsent(detail.path("batch").asLong(-1), batch);
            if (before != null) {
                add(
                        batch.event(),
                        "event %d tells of a batch that event %d told of before"
                                .formatted(batch.event(), before.event()));
            }
        });
    }

    /** An event that was changed may hold anything; that it was changed is the chain's finding. */
    private static JsonNode parsed(String detail) {
        try {
            return Json.parse(detail, JsonNode.class);
        } catch (JacksonException noJson) {
            return Json.tree(Map.of());
        }
    }

    /** Tables that say what the numbers of kinds and roles mean. */
    private void compareWords() throws SQLException {
        Map<Integer, String> kinds = new TreeMap<>();
        Arrays.stream(NodeKind.values()).forEach(kind -> kinds.put((int) kind.code(), kind.label()));
        compareWords("lineage_kind", "SELECT kind, name FROM lineage_kind", kinds);
        Map<Integer, String> roles = new TreeMap<>();
        Arrays.stream(EdgeRole.values()).forEach(role -> roles.put((int) role.code(), role.label() + mark(role)));
        compareWords(
                "lineage_role",
                "SELECT role, name || CASE WHEN circumstance THEN '%s' ELSE '' END FROM lineage_role"
                        .formatted(CIRCUMSTANCE),
                roles);
    }

    private static String mark(EdgeRole role) {
        return role.standing() == EdgeRole.Standing.CIRCUMSTANCE ? CIRCUMSTANCE : "";
    }

    private void compareWords(String table, String select, Map<Integer, String> expected) throws SQLException {
        Map<Integer, String> found = new TreeMap<>();
        read(select, row -> found.put(row.getInt(1), row.getString(2)));
        expected.forEach((number, word) -> {
            String other = found.remove(number);
            if (!word.equals(other)) {
                add(
                        0,
                        "%s says that %d is '%s', expected '%s'"
                                .formatted(table, number, other == null ? "nothing" : other, word));
            }
        });
        // A newer build may have added some; this one's migrations have not.
        found.forEach((number, word) -> add(0, "%s has a row %d, '%s', expected none".formatted(table, number, word)));
    }

    private void compareNodes() throws SQLException {
        try (EdgeCursor edges = new EdgeCursor(connection, FETCHED_ROWS)) {
            read(NODES, row -> {
                long id = row.getLong("id");
                edges.before(id).forEach(this::addStrayEdges);
                String ofNode = edges.of(id);
                compareNode(row, id, ofNode);
            });
            edges.before(Long.MAX_VALUE).forEach(this::addStrayEdges);
        }
    }

    private void addStrayEdges(long child) {
        add(0, "lineage_edge has edges of node %d, which is not there".formatted(child));
    }

    private void compareNode(ResultSet row, long id, String edges) throws SQLException {
        byte[] seal = row.getBytes("seal");
        boolean gone = row.getBoolean("gone");
        String node = gone
                ? "node %d".formatted(id)
                : "%s:%s '%s' (node %d)"
                        .formatted(kind(row.getInt("kind")), row.getString("identity"), row.getString("label"), id);
        nodes++;
        long event = 0;
        if (seal != null) {
            long number = row.getLong("batch");
            batches.computeIfAbsent(number, key -> new Batch()).add(seal, node);
            event = eventOf(number);
        }
        if (gone) {
            add(event, "%s was recorded and is not there".formatted(node));
        } else if (seal == null) {
            add(0, "%s has no seal: it was not recorded by the product, or its seal was removed".formatted(node));
        } else if (!Arrays.equals(seal, sealOf(row, id, edges))) {
            add(
                    event,
                    "%s is not what was recorded: it, its edges to what it was made from (%s), its document or its closure was changed"
                            .formatted(
                                    node,
                                    edges.isEmpty()
                                            ? "none now"
                                            : "%d now"
                                                    .formatted(edges.chars()
                                                            .filter(c -> c == ',')
                                                            .count())));
        }
    }

    private static byte[] sealOf(ResultSet row, long id, String edges) throws SQLException {
        return new NetstringDigest()
                .field(FORMAT)
                .field(Long.toString(id))
                .field(row.getString("kind"))
                .field(row.getString("identity"))
                .field(row.getString("label"))
                .field(row.getString("facts"))
                .field(row.getString("micros"))
                .field(row.getString("recorded_in"))
                .field(text(row, "document"))
                .field(text(row, "ancestors"))
                .field(text(row, "closure"))
                .plain(edges)
                .bytes();
    }

    private void compareBatches() {
        batches.forEach((number, batch) -> {
            Told expected = told.get(number);
            String found = HexFormat.of().formatHex(batch.digest.digest());
            if (expected == null) {
                add(
                        0,
                        "no event tells of batch %d, which has %d seals: %s"
                                .formatted(number, batch.seals, batch.first));
            } else if (batch.seals != expected.nodes() || !found.equals(expected.seals())) {
                add(
                        expected.event(),
                        "event %d tells of %d seals with hash %s in batch %d, found %d with hash %s: one of %s%s, or one that is not there any more"
                                .formatted(
                                        expected.event(),
                                        expected.nodes(),
                                        brief(expected.seals()),
                                        number,
                                        batch.seals,
                                        brief(found),
                                        batch.first,
                                        batch.seals > NAMED ? " and %d more".formatted(batch.seals - NAMED) : ""));
            }
        });
        told.forEach((number, expected) -> {
            if (expected.nodes() > 0 && !batches.containsKey(number)) {
                add(
                        expected.event(),
                        "event %d tells of %d nodes in batch %d, found none"
                                .formatted(expected.event(), expected.nodes(), number));
            }
        });
    }

    /** Names of a batch, as far as they were read. */
    private static final class NameBatch {
        private final NetstringDigest digest = new NetstringDigest();
        private final List<String> first = new ArrayList<>();
        private long names;
    }

    private void compareNames() throws SQLException {
        Map<Long, NameBatch> found = new TreeMap<>();
        read("SELECT coalesce(batch, 0) AS batch, name, node_id FROM lineage_name ORDER BY 1, 2, 3", row -> {
            NameBatch batch = found.computeIfAbsent(row.getLong("batch"), key -> new NameBatch());
            batch.digest.field(row.getString("name")).field(row.getString("node_id"));
            batch.names++;
            if (batch.first.size() < NAMED) {
                batch.first.add("'%s' of node %d".formatted(row.getString("name"), row.getLong("node_id")));
            }
        });
        found.forEach((number, batch) -> {
            Told expected = told.get(number);
            if (expected == null
                    || batch.names != expected.names()
                    || !batch.digest.hex().equals(expected.namesHash())) {
                add(
                        eventOf(number),
                        "lineage_name has %d names of batch %d, expected the %d that %s tells of: one of %s was changed or put in, or one removed"
                                .formatted(
                                        batch.names,
                                        number,
                                        expected == null ? 0 : expected.names(),
                                        expected == null ? "no event" : "event " + expected.event(),
                                        batch.first));
            }
        });
        told.forEach((number, expected) -> {
            if (expected.names() > 0 && !found.containsKey(number)) {
                add(
                        expected.event(),
                        "lineage_name has no name of batch %d, expected the %d that event %d tells of"
                                .formatted(number, expected.names(), expected.event()));
            }
        });
    }

    /** What hangs on a node that is not there, which nothing above has read. */
    private void findStrays() throws SQLException {
        for (String table : List.of("lineage_document", "lineage_closure")) {
            read(
                    "SELECT node_id FROM %s t WHERE NOT EXISTS (SELECT FROM lineage_node n WHERE n.node_id = t.node_id) ORDER BY 1"
                            .formatted(table),
                    row -> add(0, "%s has a row of node %d, which is not there".formatted(table, row.getLong(1))));
        }
    }

    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private void read(String select, RowReader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setFetchSize(FETCHED_ROWS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    private long eventOf(long batch) {
        return Optional.ofNullable(told.get(batch)).map(Told::event).orElse(0L);
    }

    private void add(long event, String text) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new AuditFinding(Kind.LINEAGE_CHANGED, event, event == 0 ? -1 : event, text));
        } else {
            more++;
        }
    }

    private static String text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column)).orElse("");
    }

    private static String kind(int code) {
        return Arrays.stream(NodeKind.values())
                .filter(kind -> kind.code() == code)
                .findFirst()
                .map(NodeKind::label)
                .orElse("kind-" + code);
    }

    private static String brief(String hash) {
        return hash.length() < 12 ? hash : hash.substring(0, 12) + "...";
    }
}
