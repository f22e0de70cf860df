package dev.mugv.steps.work;

import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Tables {@code node_failure} and {@code node_readmission}: which nodes failed our work. One that failed twice within a time
 * is excluded for as long after its last failure, unless a person has readmitted it since.
 */
public final class NodeLedger {
    /** One failure happens to every node; the second is a sign. */
    private static final int TOO_MANY = 2;

    private final JdbcClient jdbc;

    public NodeLedger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Notes that a run ended by the fault of the machine that it ran on; where several are meant, none is blamed. */
    void note(ElementId element, Observation.Ended end, FailureClass failure) {
        if (end.place().isEmpty()) {
            return;
        }
        jdbc.sql("""
                        INSERT INTO node_failure (place, node, kind, failed_at, token, logical_index, run_number, detail)
                        SELECT place, ?, ?, ?, token, ?, ?, ? FROM submission WHERE token = ? AND place IS NOT NULL
                        ON CONFLICT ON CONSTRAINT node_failure_pk DO NOTHING""")
                .params(
                        end.place(),
                        failure.name(),
                        timestamp(end.endedAt()),
                        element.index(),
                        end.run(),
                        end.detail(),
                        element.token())
                .update();
    }

    /**
     * A node with failures that count.
     *
     * @param excludedUntil empty while one failure is all there is
     */
    public record Node(String place, String node, int failures, Instant lastFailure, String excludedUntil) {}

    /** One failure as evidence. */
    public record Failure(
            String node, Instant failedAt, String kind, String run, String step, String label, String detail) {}

    /** Nodes with failures that count now, of every place, the most failures first. */
    public List<Node> nodes(Duration exclusion, Instant now) {
        return jdbc.sql("""
                        SELECT f.place, f.node, count(*) AS failures, max(f.failed_at) AS last
                        FROM node_failure f LEFT JOIN node_readmission r ON r.place = f.place AND r.node = f.node
                        WHERE f.failed_at > ? AND (r.readmitted_at IS NULL OR f.failed_at > r.readmitted_at)
                        GROUP BY f.place, f.node ORDER BY failures DESC, f.place, f.node""")
                .param(timestamp(now.minus(exclusion)))
                .query((row, number) -> {
                    Instant last = row.getObject("last", OffsetDateTime.class).toInstant();
                    int failures = row.getInt("failures");
                    return new Node(
                            row.getString("place"),
                            row.getString("node"),
                            failures,
                            last,
                            failures >= TOO_MANY ? last.plus(exclusion).toString() : "");
                })
                .list();
    }

    /** What stands behind {@link #nodes}, newest first. */
    public List<Failure> failures(Duration exclusion, Instant now) {
        return jdbc.sql("""
                        SELECT f.*, a.run_name, a.step_name, a.label
                        FROM node_failure f JOIN attempt a ON a.token = f.token AND a.logical_index = f.logical_index
                        WHERE f.failed_at > ? ORDER BY f.failed_at DESC""")
                .param(timestamp(now.minus(exclusion)))
                .query((row, number) -> new Failure(
                        row.getString("node"),
                        row.getObject("failed_at", OffsetDateTime.class).toInstant(),
                        row.getString("kind"),
                        row.getString("run_name"),
                        row.getString("step_name"),
                        row.getString("label"),
                        row.getString("detail")))
                .list();
    }

    /** Names of a place's excluded nodes, the most failures first. */
    List<String> excluded(String place, Duration exclusion, Instant now) {
        return nodes(exclusion, now).stream()
                .filter(node -> node.place().equals(place) && node.failures() >= TOO_MANY)
                .map(Node::node)
                .toList();
    }

    /** Lets the failures that a node has had count no more; how many places knew of any. */
    public int readmit(String node, Instant now) {
        return jdbc.sql("""
                        INSERT INTO node_readmission (place, node, readmitted_at)
                        SELECT DISTINCT place, node, ?::timestamptz FROM node_failure WHERE node = ?
                        ON CONFLICT ON CONSTRAINT node_readmission_pk
                            DO UPDATE SET readmitted_at = EXCLUDED.readmitted_at""").params(timestamp(now), node).update();
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
