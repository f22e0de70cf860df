import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds what 'mugv export' wrote of a demo to the schemas and to the rules of the crate's profile, and takes the signed statement apart for
 * openssl.
 *
 * <pre>java -cp 'jobs/target/mugv/controller/lib/*' ops/demo/CheckExports.java FOLDER SCHEMAS</pre>
 *
 * In FOLDER: {@code openlineage}, {@code prov}, {@code in-toto} and the crate {@code ro-crate}. Leaves {@code signed} and
 * {@code signature} there.
 */
final class CheckExports {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path schemas = Path.of(arguments[1]);
        List<String> events = Files.readAllLines(folder.resolve("openlineage"));
        require(events.size() > 10, "expected events of many attempts, found " + events.size());
        for (String event : events) {
            validate(schemas.resolve("openlineage-run-event.schema.json"), JSON.readTree(event));
        }
        validate(schemas.resolve("prov-json.schema.json"), JSON.readTree(folder.resolve("prov").toFile()));
        int actions = checkCrate(folder.resolve("ro-crate"));
        takeApart(folder);
        System.out.printf("exports checked: %d events, a PROV document, a crate of %d actions, a statement%n", events.size(), actions);
    }

    private static void validate(Path schema, JsonNode document) throws IOException {
        Set<ValidationMessage> faults = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        JSON.readTree(schema.toFile()),
                        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build())
                .validate(document);
        require(faults.isEmpty(), schema.getFileName() + ": " + faults.stream().limit(5).toList());
    }

    /** The MUST rules of Process Run Crate 0.5, and that every reference leads to something. */
    private static int checkCrate(Path crate) throws IOException {
        JsonNode graph = JSON.readTree(crate.resolve("ro-crate-metadata.json").toFile()).path("@graph");
        Set<String> ids = new HashSet<>();
        graph.forEach(entity -> require(ids.add(entity.path("@id").asText()), "the crate has two of " + entity.path("@id")));
        int actions = 0;
        for (JsonNode entity : graph) {
            if (entity.path("@id").asText().equals("./")) {
                require(
                        entity.path("conformsTo").path("@id").asText().startsWith("https://w3id.org/ro/wfrun/process/"),
                        "the crate's root names no profile");
            }
            if (entity.path("@type").toString().contains("CreateAction")) {
                actions++;
                require(ids.contains(entity.path("instrument").path("@id").asText()), "an action without instrument: " + entity.path("@id"));
                require(entity.path("result").size() > 0, "an action without result: " + entity.path("@id"));
            }
            for (JsonNode reference : entity.findValues("@id")) {
                String id = reference.asText();
                require(ids.contains(id) || id.startsWith("http"), "the crate has no " + id);
            }
            if (entity.path("@type").asText().equals("File")) {
                require(Files.isRegularFile(crate.resolve(entity.path("@id").asText())), "the crate lacks file " + entity.path("@id"));
            }
        }
        require(actions > 0, "the crate has no action");
        return actions;
    }

    /** What was signed, by the text of DSSE, and the signature. */
    private static void takeApart(Path folder) throws IOException {
        JsonNode envelope = JSON.readTree(folder.resolve("in-toto").toFile());
        byte[] payload = Base64.getDecoder().decode(envelope.path("payload").asText());
        String type = envelope.path("payloadType").asText();
        require(type.equals("application/vnd.in-toto+json"), "the envelope holds " + type);
        JsonNode statement = JSON.readTree(payload);
        require(statement.path("_type").asText().equals("https://in-toto.io/Statement/v1"), "no in-toto statement");
        require(statement.at("/predicate/buildDefinition/resolvedDependencies").size() > 0, "the statement has no dependencies");
        try (OutputStream signed = Files.newOutputStream(folder.resolve("signed"))) {
            signed.write("DSSEv1 %d %s %d ".formatted(type.length(), type, payload.length).getBytes(StandardCharsets.UTF_8));
            signed.write(payload);
        }
        Files.write(folder.resolve("signature"), Base64.getDecoder().decode(envelope.at("/signatures/0/sig").asText()));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            System.err.println("Cannot accept the exports: " + otherwise + ".");
            System.exit(1);
        }
    }
}
