package dev.mugv.steps.lineage;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds nodes by the words that people write for them. */
final class WordSearch {
    private static final int SHOWN = 10;
    private static final int COUNTED = 10_000;
    /** After every character of an identity or a name. */
    private static final String END = "\uffff";

    private static final String EXACT = """
            SELECT node_id FROM lineage_node WHERE identity = :word AND (:kind = 0 OR kind = :kind)
            UNION
            SELECT n.node_id FROM lineage_name n JOIN lineage_node o USING (node_id)
            WHERE n.name = :word AND (:kind = 0 OR o.kind = :kind)""";

    private static final String BEGINNING = """
            SELECT node_id FROM lineage_node
            WHERE identity >= :word AND identity < :end AND (:kind = 0 OR kind = :kind)
            UNION
            SELECT n.node_id FROM lineage_name n JOIN lineage_node o USING (node_id)
            WHERE n.name >= :word AND n.name < :end AND (:kind = 0 OR o.kind = :kind)""";

    private final JdbcClient jdbc;

    WordSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param ids the first of what was found
     * @param total how many there are
     */
    record Hits(List<Long> ids, long total) {}

    /** What is called so, or else what begins so. */
    Hits find(String word) {
        int colon = word.indexOf(':');
        Optional<NodeKind> kind = colon < 0 ? Optional.empty() : NodeKind.ofLabel(word.substring(0, colon));
        String rest = kind.isPresent() ? word.substring(colon + 1) : word;
        short code = kind.map(NodeKind::code).orElse((short) 0);
        if (rest.isEmpty()) {
            return new Hits(List.of(), 0);
        }
        Hits exact = hits(EXACT, rest, code);
        return exact.ids().isEmpty() ? hits(BEGINNING, rest, code) : exact;
    }

    private Hits hits(String select, String word, short kind) {
        List<Long> found = jdbc.sql(
                        "SELECT node_id FROM (%s LIMIT %d) AS found ORDER BY node_id".formatted(select, COUNTED))
                .param("word", word)
                .param("end", word + END)
                .param("kind", kind)
                .query(Long.class)
                .list();
        return new Hits(found.subList(0, Math.min(SHOWN, found.size())), found.size());
    }
}
