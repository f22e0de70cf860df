package dev.mugv.steps.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.audit.CheckpointVerification.Checked;
import dev.mugv.steps.audit.CheckpointVerification.Known;
import dev.mugv.steps.audit.CheckpointVerification.Verdict;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.retention.WrittenArtifact;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CheckpointVerificationTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-30T10:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path workspace;

    private AuditDatabase database;
    private CheckpointRegister register;

    @BeforeEach
    void create() {
        database = AuditDatabase.create(postgres);
        register = new CheckpointRegister(database.jdbc, database.log, workspace, CLOCK);
    }

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void aPublishedCheckpointHasARowAnEventAndAHeadAndIsEnteredOnce() throws Exception {
        ArtifactRef ref = publish("finetune", "weights");
        publish(ref, "finetune");
        assertThat(kinds()).containsExactly("PUBLISHED");
        HeadFiles.Found heads = new HeadFiles(workspace).all();
        assertThat(heads.heads()).hasSize(1);
        assertThat(heads.heads().get(0).head().events()).isEqualTo(1);
        assertThat(database.verify(heads.heads()).isSound()).isTrue();
        assertThat(verify()).extracting(Checked::verdict).containsExactly(Verdict.SOUND);
        assertThat(kinds()).containsExactly("PUBLISHED", "VERIFIED");
    }

    @Test
    void whatIsNoCheckpointIsLeftAlone() {
        ArtifactRef latents = WrittenArtifact.write(workspace, TaskKind.ENCODE_LATENTS, "l", Map.of("x", "x"));
        publish(latents, "encode-latents");
        assertThat(kinds()).isEmpty();
        assertThat(new HeadFiles(workspace).all().heads()).isEmpty();
    }

    @Test
    void aFileThatWasChangedBehindOurBackIsNamed() throws Exception {
        ArtifactRef ref = publish("finetune", "weights");
        Path weights = folder(ref).resolve("model.safetensors");
        weights.toFile().setWritable(true);
        Files.writeString(weights, "Weights");
        List<Checked> checked = verify();
        assertThat(checked).extracting(Checked::verdict).containsExactly(Verdict.CHANGED);
        assertThat(checked.get(0).fact()).contains(weights.toString()).contains("expected SHA-256");
        assertThat(kinds()).containsExactly("PUBLISHED", "ALARM");
    }

    @Test
    void filesThatWereChangedTogetherWithTheirManifestAreNamed() {
        ArtifactRef ref = publish("finetune", "weights");
        WrittenArtifact.delete(folder(ref));
        WrittenArtifact.write(workspace, TaskKind.TRAIN_MODEL, "finetune", Map.of("model.safetensors", "Weights"));
        List<Checked> checked = verify();
        assertThat(checked).extracting(Checked::verdict).containsExactly(Verdict.CHANGED);
        assertThat(checked.get(0).fact()).contains("manifest.json").contains(ref.manifestSha256());
    }

    @Test
    void aCheckpointThatIsTheSameAsAnotherRaisesAnAlarmWhenItIsPublishedAndWhenItIsVerified() {
        publish("step-1000", "early weights");
        publish("step-2000", "final weights");
        assertThat(kinds()).containsExactly("PUBLISHED", "PUBLISHED");
        publish("step-3000", "final weights");
        assertThat(kinds()).containsExactly("PUBLISHED", "PUBLISHED", "PUBLISHED", "ALARM");
        assertThat(verify())
                .extracting(Checked::verdict)
                .containsExactly(Verdict.SOUND, Verdict.SAME_AS_ANOTHER, Verdict.SAME_AS_ANOTHER);
        assertThat(verify().get(1).fact()).contains("step-3000");
    }

    @Test
    void aMergeThatChoseWhatItWasMadeFromMayPassItsWeightsOnAndOneMadeFromSomethingElseMayNot() {
        ArtifactRef finetuned = publish("finetune", "weights");
        publish(merge("merge", finetuned), "merge-checkpoints");
        assertThat(kinds()).containsExactly("PUBLISHED", "PUBLISHED");
        assertThat(verify()).extracting(Checked::verdict).containsExactly(Verdict.SOUND, Verdict.SOUND);
        // The same of another build, whose stage came to the same bits again.
        publish(
                WrittenArtifact.write(
                        workspace, TaskKind.TRAIN_MODEL, "other build", Map.of("model.safetensors", "weights")),
                "finetune");
        assertThat(kinds()).doesNotContain("ALARM");

        ArtifactRef other = publish("pretrain", "other weights");
        publish(merge("strange merge", other), "merge-of-pretrain");
        assertThat(kinds()).contains("ALARM");
        assertThat(verify()).extracting(Checked::verdict).endsWith(Verdict.SAME_AS_ANOTHER);
    }

    private ArtifactRef merge(String name, ArtifactRef source) {
        return WrittenArtifact.write(
                workspace, TaskKind.MERGE_CHECKPOINTS, name, Map.of("model.safetensors", "weights"), List.of(source));
    }

    @Test
    void theSamePieceOfWorkDoneAgainByAnotherBuildMayComeToTheSameBits() {
        publish("finetune", "weights");
        publish(
                WrittenArtifact.write(
                        workspace, TaskKind.TRAIN_MODEL, "other build", Map.of("model.safetensors", "weights")),
                "finetune");
        assertThat(kinds()).containsExactly("PUBLISHED", "PUBLISHED");
        assertThat(verify()).extracting(Checked::verdict).containsExactly(Verdict.SOUND, Verdict.SOUND);
    }

    @Test
    void aCheckpointIsFoundByItsStepAndByTheBeginningOfItsKeyOrHash() {
        ArtifactRef ref = publish("finetune", "weights");
        publish("pretrain", "others");
        List<Known> all = verification().known("cats", workspace);
        for (String word : List.of(
                "finetune", ref.key().substring(0, 8), ref.manifestSha256().substring(0, 8))) {
            assertThat(CheckpointVerification.meantBy(all, word))
                    .extracting(known -> known.ref().key())
                    .containsExactly(ref.key());
        }
        assertThat(CheckpointVerification.meantBy(all, "nothing")).isEmpty();
    }

    @Test
    void theWorkspaceSaysWhichHeadsAreMissing() throws Exception {
        ArtifactRef ref = publish("finetune", "weights");
        WorkspaceHeads heads = new WorkspaceHeads(database.jdbc);
        assertThat(heads.find(workspace).findings()).isEmpty();
        Path file = new HeadFiles(workspace).file(ref.task(), new ArtifactKey(ref.key()));
        Files.writeString(file, "{");
        assertThat(heads.find(workspace).findings()).hasSize(1);
        Files.delete(file);
        List<AuditFinding> findings = heads.find(workspace).findings();
        assertThat(findings).extracting(AuditFinding::kind).containsExactly(AuditFinding.Kind.NO_FILE);
        assertThat(findings.get(0).text()).contains(file.toString());
    }

    private ArtifactRef publish(String step, String weights) {
        ArtifactRef ref =
                WrittenArtifact.write(workspace, TaskKind.TRAIN_MODEL, step, Map.of("model.safetensors", weights));
        publish(ref, step);
        return ref;
    }

    private void publish(ArtifactRef ref, String step) {
        database.transactions.executeWithoutResult(
                status -> register.enter(new CheckpointRegister.Origin("cats", step, step), ref));
        register.writeHead("cats", ref);
    }

    private Path folder(ArtifactRef ref) {
        return new ArtifactStore(workspace).folder(ref.task(), new ArtifactKey(ref.key()));
    }

    private CheckpointVerification verification() {
        return new CheckpointVerification(database.jdbc, database.log);
    }

    private List<Checked> verify() {
        CheckpointVerification verification = verification();
        List<Checked> checked = new ArrayList<>();
        verification.known("cats", workspace).forEach(known -> checked.add(verification.verify(known)));
        return checked;
    }

    private List<String> kinds() {
        return database.jdbc
                .sql("SELECT kind FROM audit_event ORDER BY number")
                .query(String.class)
                .list();
    }
}
