package dev.mugv.model.run;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * The project's one JSON dialect: kebab-case names, unknown fields refused, record components and map keys in a fixed
 * order, so that equal values have equal bytes and may be hashed.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(pathsAsTheyAre())
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            // A record's predicates (isImage) are no components: they would be written and then refused when read.
            .changeDefaultVisibility(v -> v.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private Json() {}

    /**
     * Paths as the text that they are: Jackson's own form is an absolute URI, which turns a path relative to the workspace
     * into one relative to the folder that the controller happened to be started in.
     */
    private static SimpleModule pathsAsTheyAre() {
        return new SimpleModule("paths")
                .addSerializer(Path.class, new StdSerializer<Path>(Path.class) {
                    @Override
                    public void serialize(Path path, JsonGenerator generator, SerializationContext context) {
                        generator.writeString(path.toString());
                    }
                })
                .addDeserializer(Path.class, new StdDeserializer<Path>(Path.class) {
                    @Override
                    public Path deserialize(JsonParser parser, DeserializationContext context) {
                        return Path.of(parser.getString());
                    }
                });
    }

    /** Canonical bytes of a value: one line, sorted keys. */
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** Canonical text of a value: one line, sorted keys. */
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** Indented text of a value, for files that people open. */
    public static String pretty(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    }

    /** A value as a tree, for the open-ended parts of a work order. */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** A tree as a typed value. */
    public static <T> T value(JsonNode tree, Class<T> type) {
        return MAPPER.treeToValue(tree, type);
    }

    /** Parses text. */
    public static <T> T parse(String text, Class<T> type) {
        return MAPPER.readValue(text, type);
    }

    /**
     * Reads a file.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming the file, if it is not of this type
     */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return MAPPER.readValue(Files.readAllBytes(file), type);
        } catch (JacksonException e) {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot read '%s': not a valid %s (%s). Restore the file or delete it to have it made again."
                            .formatted(file, type.getSimpleName(), e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
