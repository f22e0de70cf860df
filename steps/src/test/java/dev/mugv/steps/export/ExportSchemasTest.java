package dev.mugv.steps.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.mugv.model.run.Sha256;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.lineage.LineageGraph;
import dev.mugv.steps.lineage.LineageReader;
import dev.mugv.steps.lineage.NodeKey;
import dev.mugv.steps.lineage.NodeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openprovenance.prov.model.Document;
import org.openprovenance.prov.model.StatementOrBundle;
import org.openprovenance.prov.vanilla.ProvFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Exports against schemas, by a validator that is not ours; and read by a tool that is not ours. */
class ExportSchemasTest {
    private static final String EVENT = "openlineage-run-event.schema.json";
    private static final String PROV = "prov-json.schema.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    private Excerpt excerpt;

    @BeforeEach
    void recordAPipeline() {
        DataSource source = postgres.dataSource();
        JdbcClient jdbc = JdbcClient.create(source);
        new TransactionTemplate(new DataSourceTransactionManager(source))
                .executeWithoutResult(status -> new LineageGraph(jdbc).record(RecordedPipeline.nodes()));
        LineageReader reader = new LineageReader(jdbc);
        excerpt = Excerpt.of(
                reader,
                reader.find(new NodeKey(NodeKind.CHECKPOINT, "checkpoint1")).orElseThrow());
    }

    @Test
    void everyEventKeepsTheSchema() throws Exception {
        List<String> lines = LineageEvents.of(excerpt).lines().toList();
        assertThat(lines).hasSize(2);
        for (String line : lines) {
            assertThat(faults(EVENT, JSON.readTree(line))).isEmpty();
        }
    }

    /** What is taken away or put wrong, as a pointer to it and the text that stands there instead; nothing for taken away. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/eventTime",
                "/eventTime=yesterday",
                "/eventType=FINISHED",
                "/producer",
                "/schemaURL",
                "/schemaURL=https://openlineage.io/spec/1-0-0/OpenLineage.json#/$defs/RunEvent",
                "/run",
                "/run/runId=attempt 1",
                "/job/namespace",
                "/job/name",
                "/inputs=none",
                "/inputs/0/name",
                "/outputs/0/namespace",
                "/outputs/0/facets/version/datasetVersion",
                "/outputs/0/facets/version/_schemaURL",
                "/outputs/0/facets/documentation/_producer",
                "/outputs/0/facets/documentation/description",
                "/surprise=1"
            })
    void aWrongEventDoesNotKeepTheSchema(String change) throws Exception {
        JsonNode event =
                JSON.readTree(LineageEvents.of(excerpt).lines().toList().get(1));
        assertThat(faults(EVENT, changed(event, change))).isNotEmpty();
    }

    @Test
    void theProvDocumentKeepsTheSchema() throws Exception {
        assertThat(faults(PROV, JSON.readTree(ProvDocument.of(excerpt)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/wasDerivedFrom/_:wasDerivedFrom1/prov:usedEntity",
                "/wasDerivedFrom/_:wasDerivedFrom1/prov:generatedEntity=no name",
                "/wasGeneratedBy/_:wasGeneratedBy1/prov:entity",
                "/used/_:used1/prov:activity",
                "/wasAssociatedWith/_:wasAssociatedWith1/prov:activity",
                "/activity/mugv:attempt-token_0/prov:startTime=yesterday",
                "/entity/mugv:clip-clip1/unqualified=1",
                "/entity/checkpoint1=1",
                "/prefix/mugv=no address",
                "/wasMadeOf=1"
            })
    void aWrongProvDocumentDoesNotKeepTheSchema(String change) throws Exception {
        assertThat(faults(PROV, changed(JSON.readTree(ProvDocument.of(excerpt)), change)))
                .isNotEmpty();
    }

    @Test
    void anotherToolReadsTheProvDocumentAndFindsEveryStatement() {
        String text = ProvDocument.of(excerpt);
        Document read = new org.openprovenance.prov.json.Converter(new ProvFactory()).fromString(text);
        Map<StatementOrBundle.Kind, Integer> found = new HashMap<>();
        read.getStatementOrBundle().forEach(statement -> found.merge(statement.getKind(), 1, Integer::sum));
        assertThat(found)
                .isEqualTo(Map.of(
                        StatementOrBundle.Kind.PROV_ENTITY, 5,
                        StatementOrBundle.Kind.PROV_ACTIVITY, 1,
                        StatementOrBundle.Kind.PROV_AGENT, 1,
                        StatementOrBundle.Kind.PROV_GENERATION, 1,
                        StatementOrBundle.Kind.PROV_USAGE, 2,
                        StatementOrBundle.Kind.PROV_DERIVATION, 4,
                        StatementOrBundle.Kind.PROV_ASSOCIATION, 1));
    }

    @Test
    void theSchemasAreThoseThatTheirOriginIsWrittenOf() throws Exception {
        String origins = new String(resource("README.md"), StandardCharsets.UTF_8);
        for (String name : List.of(EVENT, PROV)) {
            assertThat(origins).contains("`%s`".formatted(name)).contains("`%s`".formatted(Sha256.of(resource(name))));
        }
    }

    private static List<String> faults(String schema, JsonNode document) throws IOException {
        JsonSchema read = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        JSON.readTree(resource(schema)),
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build());
        return read.validate(document).stream().map(ValidationMessage::toString).toList();
    }

    private static JsonNode changed(JsonNode document, String change) {
        String[] words = change.split("=", 2);
        int last = words[0].lastIndexOf('/');
        ObjectNode parent = (ObjectNode) document.at(words[0].substring(0, last));
        String name = words[0].substring(last + 1);
        if (words.length == 1) {
            // Otherwise the case would pass without a change.
            assertThat(parent.remove(name)).isNotNull();
        } else {
            parent.put(name, words[1]);
        }
        return document;
    }

    private static byte[] resource(String name) throws IOException {
        try (var stream = Objects.requireNonNull(ExportSchemasTest.class.getResourceAsStream("/schemas/" + name))) {
            return stream.readAllBytes();
        }
    }
}
