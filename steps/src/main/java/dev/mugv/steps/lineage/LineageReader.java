package dev.mugv.steps.lineage;

import dev.mugv.model.run.Json;
import dev.mugv.steps.lineage.LineageWalk.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Reads the lineage graph; changes nothing. */
public final class LineageReader {
    /** Answers up to this size are given whole. */
    public static final int WHOLE = 10_000;

    /** Of larger answers, this many nodes and the count of all. */
    public static final int FIRST_PAGE = 1_000;

    private static final String COLUMNS = "node_id, kind, identity, label, recorded_at";

    private final JdbcClient jdbc;
    private final Closures closures;
    private final NodeIds nodeIds;
    private final WordSearch words;

    public LineageReader(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.closures = new Closures(jdbc);
        this.nodeIds = new NodeIds(jdbc);
        this.words = new WordSearch(jdbc);
    }

    /**
     * What a word stands for: an identity, a name or label's beginning where it is unique; a kind may stand before it, as in
     * {@code clip:0f3a}.
     */
    public Resolution resolve(String word) {
        WordSearch.Hits hits = words.find(word);
        List<LineageNode> nodes = nodes(hits.ids());
        if (nodes.isEmpty()) {
            return new Resolution.Unknown();
        }
        return nodes.size() == 1 && hits.total() == 1
                ? new Resolution.Found(nodes.get(0))
                : new Resolution.Ambiguous(nodes, hits.total());
    }

    /** A node by what it is. */
    public Optional<LineageNode> find(NodeKey key) {
        return nodes(nodeIds.of(List.of(key)).values()).stream().findFirst();
    }

    /** Nodes by id, in the order of recording. */
    public List<LineageNode> nodes(Collection<Long> ids) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM lineage_node WHERE node_id = ANY (?) ORDER BY node_id")
                .param(array(ids))
                .query((row, number) -> node(row))
                .list();
    }

    /** Every node of a kind, in the order of recording. */
    public List<LineageNode> ofKind(NodeKind kind) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM lineage_node WHERE kind = ? ORDER BY node_id")
                .param(kind.code())
                .query((row, number) -> node(row))
                .list();
    }

    /** Sizes, hashes, seeds, scores of a node. */
    public JsonNode facts(LineageNode node) {
        return Optional.ofNullable(facts(List.of(node.id())).get(node.id()))
                .orElseThrow(() -> new IllegalStateException("node " + node.id() + " is gone"));
    }

    /** Facts of several nodes by id. */
    public Map<Long, JsonNode> facts(Collection<Long> ids) {
        Map<Long, JsonNode> facts = new HashMap<>();
        jdbc.sql("SELECT node_id, facts::text FROM lineage_node WHERE node_id = ANY (?)")
                .param(array(ids))
                .query(row -> {
                    facts.put(row.getLong("node_id"), Json.parse(row.getString("facts"), JsonNode.class));
                });
        return facts;
    }

    /** The text that a node stands for, if it stands for one. */
    public Optional<String> document(LineageNode node) {
        return jdbc.sql("SELECT content FROM lineage_document WHERE node_id = ?")
                .param(node.id())
                .query(String.class)
                .optional();
    }

    /** Edges to what a node was made from. */
    public List<LineageEdge> parents(LineageNode node) {
        return jdbc.sql("SELECT * FROM lineage_edge WHERE child_id = ? ORDER BY role, parent_id")
                .param(node.id())
                .query((row, number) -> edge(row))
                .list();
    }

    /** Edges to what any of these nodes was made from. */
    public List<LineageEdge> parents(Collection<Long> ids) {
        return jdbc.sql("SELECT * FROM lineage_edge WHERE child_id = ANY (?) ORDER BY child_id, role, parent_id")
                .param(array(ids))
                .query((row, number) -> edge(row))
                .list();
    }

    /** Edges to what was made from a node. */
    public List<LineageEdge> children(LineageNode node) {
        return jdbc.sql("SELECT * FROM lineage_edge WHERE parent_id = ? ORDER BY child_id, role")
                .param(node.id())
                .query((row, number) -> edge(row))
                .list();
    }

    /** How many edges of each role a node has in one direction. */
    public Map<EdgeRole, Long> countEdges(LineageNode node, Direction direction) {
        Map<EdgeRole, Long> counts = new EnumMap<>(EdgeRole.class);
        jdbc.sql("SELECT role, count(*) AS edges FROM lineage_edge WHERE %s = ? GROUP BY role"
                        .formatted(near(direction)))
                .param(node.id())
                .query(row -> {
                    counts.put(EdgeRole.ofCode(row.getInt("role")), row.getLong("edges"));
                });
        return counts;
    }

    /**
     * Some of a node's edges of one role in one direction, in the order in which the neighbours were recorded.
     *
     * @param from how many are left out
     */
    public List<LineageEdge> edges(LineageNode node, Direction direction, EdgeRole role, long from, int most) {
        return jdbc.sql("SELECT * FROM lineage_edge WHERE %s = ? AND role = ? ORDER BY %s LIMIT ? OFFSET ?"
                        .formatted(near(direction), far(direction)))
                .params(node.id(), role.code(), most, from)
                .query((row, number) -> edge(row))
                .list();
    }

    private static String near(Direction direction) {
        return direction == Direction.UP ? "child_id" : "parent_id";
    }

    private static String far(Direction direction) {
        return direction == Direction.UP ? "parent_id" : "child_id";
    }

    /**
     * Everything that a node was made from, or that was made from it.
     *
     * @param depth how many edges away at most; absent for all
     */
    public LineageWalk walk(LineageNode start, Direction direction, OptionalInt depth) {
        List<Long> reached = reached(start, direction, depth);
        List<Long> page = reached.size() > WHOLE ? reached.subList(0, FIRST_PAGE) : reached;
        List<LineageEdge> edges = edgesAmong(start, page);
        Map<Long, Integer> depths = depths(start, edges, direction);
        List<Step> steps = new ArrayList<>();
        for (LineageNode node : nodes(page)) {
            steps.add(new Step(node, depths.getOrDefault(node.id(), Integer.MAX_VALUE)));
        }
        steps.sort(java.util.Comparator.comparingInt(Step::depth)
                .thenComparing(step -> step.node().id()));
        Map<NodeKind, Long> byKind = new EnumMap<>(NodeKind.class);
        long total = reached.size();
        if (reached.size() > WHOLE) {
            if (direction == Direction.UP && depth.isEmpty()) {
                total = closures.count(start.id());
                steps.forEach(step -> byKind.merge(step.node().kind(), 1L, Long::sum));
            } else {
                byKind.putAll(countByKind(walkSql(direction, depth), parameters(start, depth, List.of(start.id()))));
                total = byKind.values().stream().mapToLong(Long::longValue).sum();
            }
        } else {
            steps.forEach(step -> byKind.merge(step.node().kind(), 1L, Long::sum));
        }
        return new LineageWalk(start, steps, edges, total, byKind);
    }

    /**
     * Nodes of some kinds among what a node was made from, or what was made from it, in the order of recording; at most {@link
     * #WHOLE}. What a training was only validated on is not followed: its weights owe nothing to it.
     */
    public List<LineageNode> influence(LineageNode start, Direction direction, Collection<NodeKind> kinds) {
        short[] codes = new short[kinds.size()];
        int size = 0;
        for (NodeKind kind : kinds) {
            codes[size++] = kind.code();
        }
        // Node by node: the planner takes a walk for larger than it is, and would read the whole table instead.
        return jdbc.sql(influenceSql(direction)
                        + " SELECT n.* FROM walk w CROSS JOIN LATERAL"
                        + " (SELECT " + COLUMNS + " FROM lineage_node WHERE node_id = w.node_id OFFSET 0) AS n"
                        + " WHERE n.node_id <> ? AND n.kind = ANY (?) ORDER BY n.node_id LIMIT ?")
                .params(start.id(), start.id(), codes, WHOLE)
                .query((row, number) -> node(row))
                .list();
    }

    /** How many nodes of each kind a node has an influence on, or is under the influence of. */
    public Map<NodeKind, Long> countInfluence(LineageNode start, Direction direction) {
        return countByKind(influenceSql(direction), List.of(start.id(), start.id()));
    }

    private static String influenceSql(Direction direction) {
        return walkSql(direction, OptionalInt.empty())
                .replace(" = w.node_id)", " = w.node_id AND e.role <> %d)".formatted(EdgeRole.VALIDATED_ON.code()));
    }

    /** Ids without the start's, nearest first; more than {@link #WHOLE} where there are more. */
    private List<Long> reached(LineageNode start, Direction direction, OptionalInt depth) {
        // The rows of a recursion come level by level, and no more of them are made than are taken.
        String select = depth.isEmpty()
                ? " SELECT node_id FROM walk LIMIT ?"
                : " SELECT node_id FROM (SELECT node_id, depth FROM walk LIMIT ?) AS first"
                        + " GROUP BY node_id ORDER BY min(depth), node_id";
        long rows = depth.isEmpty() ? WHOLE + 2 : 4L * WHOLE;
        return jdbc
                .sql(walkSql(direction, depth) + select)
                .params(parameters(start, depth, List.of(rows)))
                .query(Long.class)
                .list()
                .stream()
                .filter(id -> id != start.id())
                .toList();
    }

    private Map<NodeKind, Long> countByKind(String walkSql, List<Object> parameters) {
        Map<NodeKind, Long> counts = new EnumMap<>(NodeKind.class);
        jdbc.sql(walkSql
                        + " SELECT n.kind, count(*) AS nodes FROM (SELECT DISTINCT node_id FROM walk WHERE node_id <> ?) AS w"
                        + " JOIN lineage_node n USING (node_id) GROUP BY n.kind")
                .params(parameters)
                .query(row -> {
                    counts.put(NodeKind.ofCode(row.getInt("kind")), row.getLong("nodes"));
                });
        return counts;
    }

    private static List<Object> parameters(LineageNode start, OptionalInt depth, List<Long> more) {
        List<Object> parameters = new ArrayList<>(List.of(start.id()));
        depth.ifPresent(parameters::add);
        parameters.addAll(more);
        return parameters;
    }

    private static String walkSql(Direction direction, OptionalInt depth) {
        String from = near(direction);
        String to = far(direction);
        return depth.isEmpty() ? """
                WITH RECURSIVE walk(node_id) AS (
                    SELECT ?::bigint UNION SELECT e.%s FROM walk w JOIN lineage_edge e ON e.%s = w.node_id)""".formatted(to, from) : """
                WITH RECURSIVE walk(node_id, depth) AS (
                    SELECT ?::bigint, 0 UNION
                    SELECT e.%s, w.depth + 1 FROM walk w JOIN lineage_edge e ON e.%s = w.node_id WHERE w.depth < ?)""".formatted(to, from);
    }

    private List<LineageEdge> edgesAmong(LineageNode start, List<Long> page) {
        List<Long> all = new ArrayList<>(page);
        all.add(start.id());
        return edgesAmong(all);
    }

    /** Edges that begin and end at some nodes. */
    public List<LineageEdge> edgesAmong(Collection<Long> all) {
        return jdbc.sql("""
                        SELECT * FROM lineage_edge WHERE child_id = ANY (?) AND parent_id = ANY (?)
                        ORDER BY child_id, parent_id, role""")
                .params(array(all), array(all))
                .query((row, number) -> edge(row))
                .list();
    }

    private static Map<Long, Integer> depths(LineageNode start, List<LineageEdge> edges, Direction direction) {
        Map<Long, List<Long>> next = new HashMap<>();
        for (LineageEdge edge : edges) {
            long from = direction == Direction.UP ? edge.childId() : edge.parentId();
            long to = direction == Direction.UP ? edge.parentId() : edge.childId();
            next.computeIfAbsent(from, key -> new ArrayList<>()).add(to);
        }
        Map<Long, Integer> depths = new LinkedHashMap<>(Map.of(start.id(), 0));
        ArrayDeque<Long> queue = new ArrayDeque<>(List.of(start.id()));
        for (Long id = queue.poll(); id != null; id = queue.poll()) {
            int depth = depths.getOrDefault(id, 0) + 1;
            for (long to : next.getOrDefault(id, List.of())) {
                if (depths.putIfAbsent(to, depth) == null) {
                    queue.add(to);
                }
            }
        }
        return depths;
    }

    private static long[] array(Collection<Long> ids) {
        return ids.stream().flatMapToLong(LongStream::of).toArray();
    }

    private static LineageNode node(ResultSet row) throws SQLException {
        return new LineageNode(
                row.getLong("node_id"),
                new NodeKey(NodeKind.ofCode(row.getInt("kind")), row.getString("identity")),
                row.getString("label"),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant());
    }

    private static LineageEdge edge(ResultSet row) throws SQLException {
        long maker = row.getLong("maker_id");
        return new LineageEdge(
                row.getLong("child_id"),
                row.getLong("parent_id"),
                EdgeRole.ofCode(row.getInt("role")),
                maker == 0 ? OptionalLong.empty() : OptionalLong.of(maker));
    }
}
