package dev.mugv.steps.work;

import dev.mugv.model.run.TaskKind;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Attempts as nodes of the lineage graph, with the machines of their runs and the Slurm job that they were part of. Recorded
 * when their verdict is noted, after which nothing of them changes.
 */
public final class AttemptLineage {
    private final JdbcClient jdbc;
    private final LineageGraph graph;
    private final LineageReader reader;

    public AttemptLineage(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.graph = new LineageGraph(jdbc);
        this.reader = new LineageReader(jdbc);
    }

    /** The node of an attempt. */
    public static NodeKey key(ElementId element) {
        return new NodeKey(NodeKind.ATTEMPT, element.token() + "/" + element.index());
    }

    /** Records a decided attempt; to be called in a transaction. One that is recorded stays as it is. */
    public void record(ElementId element) {
        if (reader.find(key(element)).isPresent()) {
            return;
        }
        List<Run> runs = runs(element);
        List<NewNode> nodes = new ArrayList<>();
        Set<NodeKey> machines = new LinkedHashSet<>();
        for (Run run : runs) {
            for (String host : run.hosts()) {
                NewNode machine = NewNode.of(NodeKind.NODE, host, host).build();
                machines.add(machine.key());
                nodes.add(machine);
            }
        }
        jdbc.sql("""
                        SELECT a.*, s.external_id, s.place, s.elements, s.submitted_at FROM attempt a
                        JOIN submission s USING (token) WHERE a.token = ? AND a.logical_index = ? AND a.state <> 'OPEN'""").params(element.token(), element.index()).query(row -> {
            NewNode job = job(row);
            nodes.add(job);
            nodes.add(attempt(element, row, runs)
                    .from(EdgeRole.RAN_ON, machines)
                    .from(EdgeRole.SUBMITTED_IN, job.key())
                    .build());
        });
        graph.record(nodes);
    }

    private static NewNode job(ResultSet row) throws SQLException {
        NewNode.Builder job = NewNode.of(
                        NodeKind.SLURM_JOB,
                        row.getString("token"),
                        row.getString("run_name") + "/" + row.getString("step_name"))
                .fact("elements", row.getInt("elements"));
        text(row, "place").ifPresent(place -> job.fact("place", place));
        text(row, "external_id").ifPresent(id -> job.fact("id", id).name(id));
        time(row, "submitted_at").ifPresent(time -> job.fact("submitted-at", time));
        return job.build();
    }

    private NewNode.Builder attempt(ElementId element, ResultSet row, List<Run> runs) throws SQLException {
        TaskKind task = TaskKind.valueOf(row.getString("task"));
        NewNode.Builder attempt = NewNode.of(
                        NodeKind.ATTEMPT,
                        key(element).identity(),
                        "%s/%s #%d".formatted(row.getString("step_name"), row.getString("label"), row.getInt("number")))
                .fact("run-name", row.getString("run_name"))
                .fact("step", row.getString("step_name"))
                .fact("label", row.getString("label"))
                .fact("task", task.label())
                .fact("artifact-key", row.getString("artifact_key"))
                .fact("number", row.getInt("number"))
                .fact("state", row.getString("state"))
                .fact("runs", runs.stream().map(Run::facts).toList());
        text(row, "failure_class").ifPresent(failure -> attempt.fact("failure", failure));
        text(row, "external_id")
                .filter(id -> id.matches("\\d+"))
                .ifPresent(id -> attempt.name(id + "_" + element.index()));
        Optional<String> manifest = text(row, "manifest_sha256");
        if (manifest.isPresent()) {
            attempt.fact("manifest", manifest.get());
            NodeKey artifact = new NodeKey(NodeKind.of(task), manifest.get());
            if (reader.find(artifact).isPresent()) {
                attempt.from(EdgeRole.REPRODUCED, artifact);
            }
        }
        return attempt;
    }

    private List<Run> runs(ElementId element) {
        return jdbc.sql("SELECT * FROM attempt_run WHERE token = ? AND logical_index = ? ORDER BY run_number")
                .params(element.token(), element.index())
                .query((row, number) -> new Run(
                        row.getInt("run_number"),
                        row.getString("executor_state"),
                        text(row, "host").orElse(""),
                        time(row, "started_at").orElse(null),
                        time(row, "ended_at").orElse(null)))
                .list();
    }

    private record Run(
            int number,
            String state,
            String host,
            @Nullable String startedAt,
            @Nullable String endedAt) {
        List<String> hosts() {
            return host.isEmpty() ? List.of() : List.of(host.split(","));
        }

        Map<String, Object> facts() {
            TreeMap<String, Object> facts = new TreeMap<>(Map.of("number", number, "state", state, "host", host));
            if (startedAt != null) {
                facts.put("started-at", startedAt);
            }
            if (endedAt != null) {
                facts.put("ended-at", endedAt);
            }
            return facts;
        }
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private static Optional<String> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
                .map(time -> time.toInstant().toString());
    }
}
