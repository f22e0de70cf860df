package dev.mugv.steps.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageNode;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class ExportTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path folder;

    private final SingleConnectionDataSource source = new SingleConnectionDataSource(
            postgres.address().url(),
            postgres.address().user(),
            postgres.address().password(),
            true);
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final LineageReader reader = new LineageReader(jdbc);
    private Excerpt excerpt;

    @BeforeEach
    void recordAPipeline() {
        new TransactionTemplate(new DataSourceTransactionManager(source))
                .executeWithoutResult(status -> new LineageGraph(jdbc).record(RecordedPipeline.nodes()));
        excerpt = Excerpt.of(reader, node(NodeKind.CHECKPOINT, "checkpoint1"));
    }

    @Test
    void anExcerptHoldsEverythingThatTheSubjectWasMadeFromAndNothingElse() {
        assertThat(excerpt.nodes().stream().map(found -> found.key().toString()))
                .hasSize(7)
                .contains("clip:clip1", "attempt:token/0", "node:node1")
                .doesNotContain("clip:clip2", "video:" + Sha256.of(new byte[] {2}));
        assertThat(excerpt.usedBy(node(NodeKind.ATTEMPT, "token/0")).stream().map(LineageNode::kind))
                .containsExactly(NodeKind.CODE_VERSION, NodeKind.MANIFEST);
    }

    /** What PROV-JSON demands of each relation (W3C member submission, section 3), and that no name leads to nothing. */
    @Test
    void everyRelationOfTheProvDocumentHasItsPartsAndLeadsToWhatIsDescribed() {
        JsonNode document = Json.parse(ProvDocument.of(excerpt), JsonNode.class);
        Map<String, List<String>> parts = Map.of(
                "wasGeneratedBy", List.of("prov:entity entity", "prov:activity activity"),
                "used", List.of("prov:activity activity", "prov:entity entity"),
                "wasDerivedFrom", List.of("prov:generatedEntity entity", "prov:usedEntity entity"),
                "wasAssociatedWith", List.of("prov:activity activity", "prov:agent agent"));
        Map<String, Integer> sizes = new HashMap<>();
        document.properties()
                .forEach(section ->
                        sizes.put(section.getKey(), section.getValue().size()));
        assertThat(sizes)
                .isEqualTo(Map.of(
                        "prefix",
                        1,
                        "entity",
                        5,
                        "activity",
                        1,
                        "agent",
                        1,
                        "wasGeneratedBy",
                        1,
                        "used",
                        2,
                        "wasDerivedFrom",
                        4,
                        "wasAssociatedWith",
                        1));
        parts.forEach((relation, required) -> {
            for (JsonNode statement : document.path(relation)) {
                for (String part : required) {
                    String[] words = part.split(" ");
                    String name = statement.path(words[0]).asString("");
                    assertThat(document.path(words[1]).has(name))
                            .as(relation + " " + name)
                            .isTrue();
                }
            }
        });
        for (String section : List.of("entity", "activity", "agent")) {
            document.path(section)
                    .properties()
                    .forEach(named -> assertThat(named.getKey()).matches("mugv:[A-Za-z0-9._-]+"));
        }
        JsonNode activity = document.path("activity").path("mugv:attempt-token_0");
        assertThat(activity.path("prov:startTime").asString()).isEqualTo("2026-11-30T10:00:00Z");
        assertThat(activity.path("prov:endTime").asString()).isEqualTo("2026-11-30T10:05:00Z");
    }

    @Test
    void theClientOfOpenLineageReadsItsEventsBack() {
        List<JsonNode> events = LineageEvents.of(excerpt)
                .lines()
                .map(line -> Json.parse(line, JsonNode.class))
                .toList();
        assertThat(events.stream().map(event -> event.path("eventType").asString()))
                .containsExactly("START", "COMPLETE");
        for (String line : LineageEvents.of(excerpt).lines().toList()) {
            var event = io.openlineage.client.OpenLineageClientUtils.runEventFromJson(line);
            assertThat(event.getJob().getName()).isEqualTo("demo.pretrain-motion");
            assertThat(event.getRun().getRunId()).isNotNull();
            assertThat(event.getSchemaURL().toString()).startsWith("https://openlineage.io/spec/");
        }
        assertThat(events.get(1).path("outputs").get(0).path("name").asString()).isEqualTo("checkpoint:checkpoint1");
        assertThat(events.get(1).path("inputs").size()).isEqualTo(2);
        assertThat(Instant.parse(events.get(1).path("eventTime").asString())).isEqualTo("2026-11-30T10:05:00Z");
    }

    @Test
    void aCrateKeepsWhatTheProfileDemands() throws Exception {
        Path weights = Files.writeString(folder.resolve("weights"), "weights");
        Path crate = folder.resolve("crate");
        RunCrate.write(excerpt, Map.of("model.safetensors", weights), crate);
        assertThat(crate.resolve("model.safetensors")).hasContent("weights");
        JsonNode graph = Json.read(crate.resolve("ro-crate-metadata.json"), JsonNode.class)
                .path("@graph");
        Map<String, JsonNode> byId = new HashMap<>();
        graph.valueStream()
                .forEach(entity -> assertThat(byId.put(entity.path("@id").asString(), entity))
                        .isNull());
        // RO-Crate 1.1: a descriptor about the root, which has name, description, date and licence.
        assertThat(byId.get("ro-crate-metadata.json").path("about").path("@id").asString())
                .isEqualTo("./");
        JsonNode root = byId.get("./");
        for (String property : List.of("name", "description", "datePublished", "license")) {
            assertThat(root.path(property).asString("")).isNotEmpty();
        }
        // Process Run Crate 0.5: the profile is named, each run is an action of a tool that is described.
        assertThat(root.path("conformsTo").path("@id").asString()).isEqualTo(RunCrate.PROFILE);
        assertThat(types(byId.get(RunCrate.PROFILE))).contains("CreativeWork");
        List<JsonNode> actions = byId.values().stream()
                .filter(entity -> types(entity).contains("CreateAction"))
                .toList();
        assertThat(actions).hasSize(1);
        JsonNode action = actions.get(0);
        assertThat(types(byId.get(action.path("instrument").path("@id").asString())))
                .contains("SoftwareApplication");
        assertThat(action.path("endTime").asString()).isEqualTo("2026-11-30T10:05:00Z");
        assertThat(root.path("mentions").toString()).contains(action.path("@id").asString());
        // Every reference leads to an entity of the crate or to the web.
        Set<String> dangling = new HashSet<>();
        byId.values().forEach(entity -> references(entity, dangling));
        dangling.removeIf(id -> byId.containsKey(id) || id.startsWith("http"));
        assertThat(dangling).isEmpty();
    }

    @Test
    void opensslAcceptsTheSignatureOfAStatementAndNoneOfAnother() throws Exception {
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", "key.pem");
        run("openssl", "pkey", "-in", "key.pem", "-pubout", "-out", "public.pem");
        String statement = ReleaseStatement.of(excerpt);
        DsseEnvelope envelope = DsseEnvelope.sign(
                DsseEnvelope.IN_TOTO,
                statement.getBytes(StandardCharsets.UTF_8),
                DsseEnvelope.SigningKey.read(folder.resolve("key.pem")));
        JsonNode written = Json.parse(envelope.text(), JsonNode.class);
        assertThat(written.propertyNames()).containsExactlyInAnyOrder("payloadType", "payload", "signatures");
        assertThat(written.at("/signatures/0").propertyNames()).containsExactlyInAnyOrder("keyid", "sig");
        byte[] payload = Base64.getDecoder().decode(envelope.payload());
        assertThat(new String(payload, StandardCharsets.UTF_8)).isEqualTo(statement);
        Files.write(
                folder.resolve("sig"),
                Base64.getDecoder().decode(envelope.signatures().get(0).sig()));
        Files.write(folder.resolve("signed"), DsseEnvelope.preAuthentication(envelope.payloadType(), payload));
        String[] verify = {
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "public.pem",
            "-rawin",
            "-in",
            "signed",
            "-sigfile",
            "sig"
        };
        assertThat(run(verify)).isZero();
        Files.writeString(folder.resolve("signed"), "DSSEv1 another");
        assertThat(run(verify)).isNotZero();
        JsonNode said = Json.parse(statement, JsonNode.class);
        assertThat(said.path("_type").asString()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(said.at("/subject/0/digest/sha256").asString()).isEqualTo(RecordedPipeline.WEIGHTS);
        assertThat(said.at("/predicate/buildDefinition/resolvedDependencies").toString())
                .contains(Sha256.of(new byte[] {1}))
                .doesNotContain(Sha256.of(new byte[] {2}));
    }

    @Test
    void theEncodingThatIsSignedIsThatOfTheStandardsExample() {
        assertThat(DsseEnvelope.preAuthentication(
                        "http://example.com/HelloWorld", "hello world".getBytes(StandardCharsets.UTF_8)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    @Test
    void whatHasNoFilesAndWhatIsNoKeyAreRefused() throws Exception {
        Excerpt clip = Excerpt.of(reader, node(NodeKind.CLIP, "clip1"));
        assertThatThrownBy(() -> ReleaseStatement.of(clip))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot state a release of 'clip 1': expected a checkpoint with files");
        Path file = Files.writeString(folder.resolve("no-key"), "secret");
        assertThatThrownBy(() -> DsseEnvelope.SigningKey.read(file))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected an Ed25519 key in PEM")
                .hasMessageNotContaining("secret");
    }

    private int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static List<String> types(JsonNode entity) {
        List<String> types = new ArrayList<>();
        JsonNode type = entity.path("@type");
        if (type.isArray()) {
            type.valueStream().forEach(each -> types.add(each.asString()));
        } else {
            types.add(type.asString(""));
        }
        return types;
    }

    private static void references(JsonNode value, Set<String> found) {
        if (value.isObject() && value.size() == 1 && value.has("@id")) {
            found.add(value.path("@id").asString());
        }
        value.valueStream().forEach(child -> references(child, found));
    }

    private LineageNode node(NodeKind kind, String identity) {
        return reader.find(new NodeKey(kind, identity)).orElseThrow();
    }
}
