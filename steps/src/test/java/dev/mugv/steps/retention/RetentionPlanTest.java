package dev.mugv.steps.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.audit.Actor;
import dev.mugv.steps.audit.AuditEvent;
import dev.mugv.steps.audit.AuditKind;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.retention.RetentionPlan.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class RetentionPlanTest {
    private static final Instant SOON = Instant.now().plusSeconds(3600);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private final DataSource source = postgres.dataSource();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(source));
    private final AuditLog log = new AuditLog(jdbc, transactions, new Actor("ann", "login1", 4711));

    @TempDir
    Path workspace;

    private ArtifactRef latents;
    private ArtifactRef oldModel;
    private ArtifactRef oldMerge;
    private ArtifactRef model;
    private ArtifactRef evaluation;

    /** latents feed a model that was given up, with its merge, and the one that the run consists of, with an evaluation. */
    @BeforeEach
    void publish() {
        jdbc.sql("DELETE FROM stage_artifact").update();
        jdbc.sql("DELETE FROM pinned_artifact").update();
        latents = write(TaskKind.ENCODE_LATENTS, "latents");
        oldModel = write(TaskKind.TRAIN_MODEL, "old", latents);
        oldMerge = write(TaskKind.MERGE_CHECKPOINTS, "old-merge", oldModel);
        model = write(TaskKind.TRAIN_MODEL, "new", latents);
        evaluation = write(TaskKind.EVALUATE_MODEL, "evaluation", model);
        new StageCatalog(jdbc).put("cats", "evaluate-models", 0, new StageCatalog.StageArtifact("new", evaluation));
    }

    @Test
    void whatStagesConsistOfStaysWithEverythingItWasMadeFrom() {
        RetentionPlan plan = RetentionPlan.of(jdbc, workspace, SOON);
        assertThat(reasons(plan))
                .containsOnly(
                        Map.entry(evaluation.key(), Reason.CURRENT),
                        Map.entry(model.key(), Reason.ANCESTOR),
                        Map.entry(latents.key(), Reason.ANCESTOR));
        // Descendants go first: an interrupted removal leaves nothing whose origin is gone.
        assertThat(keys(plan)).containsExactly(oldMerge.key(), oldModel.key());
        assertThat(plan.bytes()).isEqualTo(6);
    }

    @Test
    void anAncestorOfSomethingPinnedOrExportedNeverGoes() {
        jdbc.sql("INSERT INTO pinned_artifact (artifact_key, pinned_by, note) VALUES (?, 'ann', '')")
                .param(oldMerge.key())
                .update();
        RetentionPlan pinned = RetentionPlan.of(jdbc, workspace, SOON);
        assertThat(pinned.removable()).isEmpty();
        assertThat(reasons(pinned))
                .containsEntry(oldMerge.key(), Reason.PINNED)
                .containsEntry(oldModel.key(), Reason.ANCESTOR);

        jdbc.sql("DELETE FROM pinned_artifact").update();
        assertThat(RetentionPlan.of(jdbc, workspace, SOON).removable()).hasSize(2);
        log.append(AuditEvent.of(AuditKind.EXPORTED, "cats", oldMerge.key(), Map.of()));
        RetentionPlan exported = RetentionPlan.of(jdbc, workspace, SOON);
        assertThat(exported.removable()).isEmpty();
        assertThat(reasons(exported)).containsEntry(oldMerge.key(), Reason.EXPORTED);
    }

    @Test
    void whatIsYoungStaysAndSoDoesWhatItWasMadeFrom() throws Exception {
        Path manifest = folder(oldMerge).resolve("manifest.json");
        Files.setLastModifiedTime(manifest, java.nio.file.attribute.FileTime.from(SOON.plusSeconds(60)));
        RetentionPlan plan = RetentionPlan.of(jdbc, workspace, SOON);
        assertThat(plan.young()).hasSize(1);
        assertThat(plan.removable()).isEmpty();
        assertThat(reasons(plan)).containsEntry(oldModel.key(), Reason.ANCESTOR);
    }

    @Test
    void anArtifactWhoseOriginCannotBeReadStopsEverything() throws Exception {
        Files.delete(folder(model).resolve("manifest.json"));
        assertThatThrownBy(() -> RetentionPlan.of(jdbc, workspace, SOON))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("Cannot tell what artifact '" + folder(model) + "' was made from");
    }

    @Test
    void whatIsRemovedLeavesItsRowItsHashAndAnEvent() throws Exception {
        Path durable = new ArtifactStore(workspace).durableFolder(oldModel.task(), new ArtifactKey(oldModel.key()));
        Files.createDirectories(durable.resolve("update-00000001"));
        ArtifactRemoval removal = new ArtifactRemoval(jdbc, transactions, log, workspace);
        RetentionPlan.of(jdbc, workspace, SOON).removable().forEach(artifact -> removal.remove("cats", artifact));

        assertThat(folder(oldModel)).doesNotExist();
        assertThat(folder(oldMerge)).doesNotExist();
        assertThat(durable).doesNotExist();
        assertThat(folder(model)).exists();
        assertThat(jdbc.sql("SELECT manifest_sha256 FROM removed_artifact WHERE artifact_key = ? AND workspace = ?")
                        .params(oldModel.key(), workspace.toString())
                        .query(String.class)
                        .list())
                .containsExactly(oldModel.manifestSha256());
        assertThat(jdbc.sql("SELECT detail FROM audit_event WHERE kind = 'DELETED' AND subject = ?")
                        .param(oldModel.key())
                        .query(String.class)
                        .list())
                .anySatisfy(detail -> assertThat(detail).contains(oldModel.manifestSha256()));
        assertThat(RetentionPlan.of(jdbc, workspace, SOON).removable()).isEmpty();
    }

    private ArtifactRef write(TaskKind task, String name, ArtifactRef... inputs) {
        String unique = workspace + name; // tests of this class share a database
        return WrittenArtifact.write(workspace, task, unique, Map.of("file", "123"), List.of(inputs));
    }

    private Path folder(ArtifactRef ref) {
        return new ArtifactStore(workspace).folder(ref.task(), new ArtifactKey(ref.key()));
    }

    private static Map<String, Reason> reasons(RetentionPlan plan) {
        Map<String, Reason> reasons = new HashMap<>();
        plan.kept().forEach((artifact, reason) -> reasons.put(artifact.ref().key(), reason));
        return reasons;
    }

    private static List<String> keys(RetentionPlan plan) {
        return plan.removable().stream().map(artifact -> artifact.ref().key()).toList();
    }
}
