package dev.mugv.steps.provenance;

import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.file.Path;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Records the report of a run with what it shows. */
public final class ReportLineage {
    private final JdbcClient jdbc;
    private final LineageGraph graph;
    private final LineageReader reader;

    public ReportLineage(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.graph = new LineageGraph(jdbc);
        this.reader = new LineageReader(jdbc);
    }

    /** Records a page that was written; to be called in a transaction. */
    public void record(String run, Path page) {
        String sha256 = Sha256.ofFile(page);
        NewNode.Builder report = NewNode.of(NodeKind.REPORT, sha256, run + "/report")
                .name(run + "/report")
                .fact("sha256", sha256)
                .fact("page", page.toString());
        jdbc
                .sql("SELECT DISTINCT task, manifest_sha256 FROM stage_artifact WHERE run_name = ?")
                .param(run)
                .query((row, number) -> new NodeKey(NodeKind.of(TaskKind.valueOf(row.getString(1))), row.getString(2)))
                .list()
                .stream()
                .filter(artifact -> reader.find(artifact).isPresent())
                .forEach(artifact -> report.from(EdgeRole.SHOWS, artifact));
        graph.record(report.build());
    }
}
