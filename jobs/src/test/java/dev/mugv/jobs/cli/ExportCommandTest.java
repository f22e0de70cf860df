package dev.mugv.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.audit.AuditLog;
import dev.mugv.steps.audit.CheckpointRegister;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.export.DsseEnvelope;
import dev.mugv.steps.lineage.EdgeRole;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.NewNode;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import dev.mugv.steps.retention.WrittenArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code mugv export} as it is given, over a database and a workspace with one checkpoint. */
class ExportCommandTest {
    private static final List<String> FORMATS = List.of("openlineage", "prov", "ro-crate", "in-toto");

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path folder;

    private final TypedCommand command = new TypedCommand();
    private final LedgerAccess ledger = LedgerAccess.of(postgres.dataSource());
    private Path workspace;
    private Path configuration;
    private ArtifactRef checkpoint;

    @BeforeEach
    void publishACheckpoint() throws IOException {
        workspace = Files.createDirectory(folder.resolve("workspace"));
        configuration = TypedCommand.configuration(folder, workspace, postgres.address());
        String run = ConfigurationFile.read(configuration, PathCheck.SKIPPED).name();
        // Of each test its own weights: equal ones would be an alarm.
        checkpoint = WrittenArtifact.write(
                workspace,
                TaskKind.TRAIN_MODEL,
                folder.toString(),
                Map.of("model.safetensors", folder.toString(), "metrics.jsonl", "{}\n".repeat(100_000)));
        AuditLog log = ledger.log();
        ledger.transactions().executeWithoutResult(status -> {
            new CheckpointRegister(ledger.jdbc(), log, workspace, Clock.systemUTC())
                    .enter(new CheckpointRegister.Origin(run, "finetune", folder.toString()), checkpoint);
            new LineageGraph(ledger.jdbc()).record(nodes());
        });
    }

    private List<NewNode> nodes() {
        NodeKey video = new NodeKey(NodeKind.VIDEO, "1".repeat(64));
        NodeKey attempt = new NodeKey(NodeKind.ATTEMPT, checkpoint.key() + "/0");
        NodeKey code = new NodeKey(NodeKind.CODE_VERSION, "2".repeat(64));
        return List.of(
                NewNode.of(NodeKind.VIDEO, video.identity(), "film.mp4").build(),
                NewNode.of(NodeKind.CODE_VERSION, code.identity(), "code").build(),
                NewNode.of(NodeKind.ATTEMPT, attempt.identity(), "finetune #1")
                        .fact("run-name", "demo")
                        .fact("step", "finetune")
                        .build(),
                NewNode.of(NodeKind.CHECKPOINT, checkpoint.manifestSha256(), "demo/finetune")
                        .name(checkpoint.key())
                        .fact("task", checkpoint.task().label())
                        .fact("artifact-key", checkpoint.key())
                        .fact("step", "finetune")
                        .fact(
                                "files",
                                new ArtifactStore(workspace)
                                        .manifest(checkpoint)
                                        .files())
                        .from(EdgeRole.INPUT, video)
                        .from(EdgeRole.CODE, code)
                        .madeBy(Optional.of(attempt))
                        .build());
    }

    @Test
    void everyFormatIsWrittenAndStandsInLineageAndLog() throws Exception {
        Path key = key();
        for (String format : FORMATS) {
            Path to = folder.resolve("out").resolve(format);
            assertThat(export(format, to, "--key", key.toString()))
                    .as(command.err())
                    .isZero();
            assertThat(to).exists();
            assertThat(told(to)).containsExactly("");
            assertThat(parentOf(to)).isEqualTo(checkpoint.manifestSha256());
        }
        assertThat(folder.resolve("out/ro-crate/model.safetensors")).hasContent(folder.toString());
        assertThat(opensslAccepts(folder.resolve("out/in-toto"), key)).isTrue();
        Path other = folder.resolve("other.pem");
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", other.toString());
        assertThat(opensslAccepts(folder.resolve("out/in-toto"), other)).isFalse();
    }

    @Test
    void aChangedCheckpointIsRefusedAndByForceTheExportSaysSo() throws Exception {
        Path weights = new ArtifactStore(workspace)
                .folder(checkpoint.task(), new ArtifactKey(checkpoint.key()))
                .resolve("model.safetensors");
        Files.writeString(weights, "Weights of somebody else");
        Path to = folder.resolve("out.json");
        assertThat(export("prov", to)).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err())
                .contains("Cannot export '" + checkpoint.key()
                        + "': expected files as the ledger has them, found: CHANGED")
                .contains("add --force, which is recorded");
        assertThat(to).doesNotExist();
        assertThat(told(to)).isEmpty();

        assertThat(export("prov", to, "--force")).isZero();
        assertThat(to).exists();
        assertThat(told(to)).hasSize(1).allMatch(unverified -> unverified.startsWith("CHANGED"));
        assertThat(ledger.jdbc()
                        .sql("SELECT facts ->> 'unverified' FROM lineage_node WHERE kind = ? AND label = ?")
                        .params(NodeKind.EXPORT.code(), to.toString())
                        .query(String.class)
                        .single())
                .startsWith("CHANGED");
    }

    /** As 'mugv model convert' and 'mugv generate' note what they made. */
    @Test
    void whatAToolMadeOfARunsModelStandsInLineageAndLogAndWhatItMadeOfOthersDoesNot() throws Exception {
        new RunRecord("demo", configuration.toString(), workspace.toString(), "pipeline")
                .write(Map.of("MUGV_DATA_HOME", folder.toString()));
        Path model = new ArtifactStore(workspace).folder(checkpoint.task(), new ArtifactKey(checkpoint.key()));
        Path video = Files.writeString(folder.resolve("turn.mp4"), folder.toString());
        ExportRecord.ofTool(List.of(model, folder.resolve("vae.safetensors")), ExportRecord.Entry.unread("mp4", video));
        assertThat(told(video)).containsExactly(ExportRecord.UNREAD);
        assertThat(parentOf(video)).isEqualTo(checkpoint.manifestSha256());

        Path weights = Files.writeString(folder.resolve("weights.pt"), "w" + folder);
        ExportRecord.ofTool(List.of(model.resolve("model.safetensors")), ExportRecord.Entry.unread("pt", weights));
        assertThat(parentOf(weights)).isEqualTo(checkpoint.manifestSha256());

        Path other = Files.writeString(folder.resolve("other.pt"), "other");
        ExportRecord.ofTool(List.of(weights), ExportRecord.Entry.unread("pt", other));
        assertThat(told(other)).isEmpty();
    }

    /** In a process of its own, which may write no file of more than 64 KiB: as far as it sees, the disk is full. */
    @Test
    void anExportThatFindsNoRoomLeavesNothingAndIsGivenAgainLater() throws Exception {
        Path to = folder.resolve("crate");
        Path said = folder.resolve("said.txt");
        Process limited = new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "ulimit -f 64; exec \"$@\"",
                        "-",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        MugvMain.class.getName(),
                        "export",
                        checkpoint.key(),
                        "--config",
                        configuration.toString(),
                        "--format",
                        "ro-crate",
                        "--to",
                        to.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        int code = limited.waitFor();
        assertThat(said)
                .content()
                .contains("Cannot write the crate '" + to + "': expected 'metrics.jsonl' with 300000 bytes, found ")
                .contains("Free some space and give the command again");
        assertThat(code).isEqualTo(ExitCode.RESOURCE_EXHAUSTED.code());
        assertThat(told(to)).isEmpty();
        try (var left = Files.list(folder)) {
            assertThat(left.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("workspace", "password", "demo.yaml", "said.txt");
        }

        assertThat(export("ro-crate", to)).as(command.err()).isZero();
        assertThat(told(to)).hasSize(1);
    }

    @Test
    void whatCannotBeWrittenIsRefusedBeforeAnythingIs() throws Exception {
        Path there = Files.writeString(folder.resolve("there"), "mine");
        assertThat(export("prov", there)).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(there).hasContent("mine");
        Path to = folder.resolve("out");
        assertThat(export("in-toto", to)).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(export("dublin-core", to)).isEqualTo(ExitCode.INVALID_REQUEST.code());
        assertThat(command.err())
                .contains("expected nothing at")
                .contains("there is no key")
                .contains("expected one of the formats openlineage, prov, ro-crate, in-toto, found 'dublin-core'");
        assertThat(to).doesNotExist();
    }

    private int export(String format, Path to, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                checkpoint.key(),
                "--config",
                configuration.toString(),
                "--format",
                format,
                "--to",
                to.toString()));
        arguments.addAll(List.of(more));
        return command.run(arguments.toArray(String[]::new));
    }

    /** What the events of an export say of how it did not verify. */
    private List<String> told(Path to) {
        return ledger
                .jdbc()
                .sql("SELECT detail FROM audit_event WHERE kind = 'EXPORTED' ORDER BY number")
                .query(String.class)
                .list()
                .stream()
                .map(detail -> Json.parse(detail, JsonNode.class))
                .filter(detail -> detail.path("path").asString().equals(to.toString()))
                .map(detail -> detail.path("unverified").asString())
                .toList();
    }

    private String parentOf(Path to) {
        return ledger.jdbc()
                .sql("""
                        SELECT p.identity FROM lineage_node c JOIN lineage_edge e ON e.child_id = c.node_id
                        JOIN lineage_node p ON p.node_id = e.parent_id WHERE c.kind = ? AND c.label = ?""")
                .params(NodeKind.EXPORT.code(), to.toString())
                .query(String.class)
                .single();
    }

    private Path key() throws Exception {
        Path key = folder.resolve("release.pem");
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key.toString());
        return key;
    }

    private boolean opensslAccepts(Path envelope, Path key) throws Exception {
        JsonNode read = Json.read(envelope, JsonNode.class);
        Files.write(
                folder.resolve("signed"),
                DsseEnvelope.preAuthentication(
                        read.path("payloadType").asString(),
                        Base64.getDecoder().decode(read.path("payload").asString())));
        Files.write(
                folder.resolve("sig"),
                Base64.getDecoder().decode(read.at("/signatures/0/sig").asString()));
        return run(
                        "openssl",
                        "pkeyutl",
                        "-verify",
                        "-inkey",
                        key.toString(),
                        "-rawin",
                        "-in",
                        "signed",
                        "-sigfile",
                        "sig")
                == 0;
    }

    private int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
