package dev.mugv.steps.provenance;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Json;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.work.AttemptLineage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Which attempts made an artifact, by the ledger; recorded as nodes where they are not yet. */
final class Makers {
    private final JdbcClient jdbc;
    private final AttemptLineage attempts;

    Makers(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.attempts = new AttemptLineage(jdbc);
    }

    /** One run of an attempt. */
    record Run(NodeKey attempt, int number, String host) {}

    /** The attempt that published it, if this database has it: a workspace may have known another. */
    Optional<NodeKey> of(ArtifactRef ref) {
        return element(ref).map(this::recorded);
    }

    /** On what it was computed, by the work order: {@code cpu} or {@code cuda:N} of rank 0. */
    String device(Path workspace, ArtifactRef ref) {
        return element(ref)
                .map(element -> AttemptFolder.of(workspace, element.token(), element.index())
                        .order())
                .filter(Files::exists)
                .map(order ->
                        Json.read(order, JsonNode.class).at("/ranks/0/device").asString("cpu"))
                .orElse("cpu");
    }

    private Optional<ElementId> element(ArtifactRef ref) {
        return jdbc.sql("""
                        SELECT token, logical_index FROM attempt
                        WHERE artifact_key = ? AND manifest_sha256 = ? AND state = 'SUCCEEDED' ORDER BY decided_at LIMIT 1""")
                .params(ref.key(), ref.manifestSha256())
                .query((row, number) -> element(row))
                .optional();
    }

    /** Attempts at the same thing that were at work before, and left it to the one that made it. */
    List<NodeKey> earlier(ArtifactRef ref, Optional<NodeKey> maker) {
        return jdbc.sql("""
                        SELECT token, logical_index FROM attempt a WHERE artifact_key = ? AND state NOT IN ('OPEN', 'SUCCEEDED')
                        AND EXISTS (SELECT FROM attempt_run r WHERE r.token = a.token
                            AND r.logical_index = a.logical_index AND r.started_at IS NOT NULL)
                        ORDER BY decided_at""").param(ref.key()).query((row, number) -> element(row)).list().stream()
                .map(this::recorded)
                .filter(attempt -> !maker.equals(Optional.of(attempt)))
                .toList();
    }

    /** The run of any attempt at this artifact that was at work at some instant. */
    Optional<Run> at(ArtifactRef ref, Instant instant) {
        return jdbc.sql("""
                        SELECT token, logical_index, run_number, coalesce(host, '') AS host FROM attempt a
                        JOIN attempt_run r USING (token, logical_index)
                        WHERE a.artifact_key = ? AND a.state <> 'OPEN' AND r.started_at <= ? ORDER BY r.started_at DESC LIMIT 1""")
                .params(ref.key(), OffsetDateTime.ofInstant(instant, java.time.ZoneOffset.UTC))
                .query((row, number) ->
                        new Run(recorded(element(row)), row.getInt("run_number"), row.getString("host")))
                .optional();
    }

    private NodeKey recorded(ElementId element) {
        attempts.record(element);
        return AttemptLineage.key(element);
    }

    private static ElementId element(ResultSet row) throws SQLException {
        return new ElementId(row.getString("token"), row.getInt("logical_index"));
    }
}
