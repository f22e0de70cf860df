package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.retention.RetentionPlan;
import dev.mugv.steps.retention.StoredArtifact;
import dev.mugv.steps.retention.WrittenArtifact;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mugv export} writes down, and who reads it. */
class ExportRecordTest {
    private static final Instant SOON = Instant.now().plusSeconds(3600);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    private final LedgerAccess ledger = LedgerAccess.of(postgres.dataSource());

    @Test
    void retentionKeepsWhatWasExported() {
        ArtifactRef exported = WrittenArtifact.write(workspace, TaskKind.TRAIN_MODEL, "exported", Map.of("file", "1"));
        ArtifactRef other = WrittenArtifact.write(workspace, TaskKind.TRAIN_MODEL, "other", Map.of("file", "2"));
        NodeKey checkpoint = new NodeKey(NodeKind.CHECKPOINT, exported.manifestSha256());
        ledger.transactions()
                .executeWithoutResult(status -> new LineageGraph(ledger.jdbc())
                        .record(NewNode.of(NodeKind.CHECKPOINT, checkpoint.identity(), "demo/finetune")
                                .fact("artifact-key", exported.key())
                                .build()));
        assertThat(RetentionPlan.of(ledger.jdbc(), workspace, SOON).removable()).hasSize(2);

        new ExportRecord("demo", ledger)
                .note(
                        List.of(new LineageReader(ledger.jdbc())
                                .find(checkpoint)
                                .orElseThrow()),
                        new ExportRecord.Entry("prov", Path.of("/tmp/a.json"), "ab".repeat(32), ""));

        RetentionPlan plan = RetentionPlan.of(ledger.jdbc(), workspace, SOON);
        assertThat(plan.removable()).extracting(StoredArtifact::ref).isEqualTo(List.of(other));
        assertThat(plan.kept()).hasSize(1).containsValue(RetentionPlan.Reason.EXPORTED);
    }
}
