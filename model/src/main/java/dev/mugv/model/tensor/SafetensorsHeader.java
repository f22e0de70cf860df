package dev.mugv.model.tensor;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checked header of a safetensors file: every byte of the data belongs to exactly one tensor. */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> tensors) {
    static final String METADATA = "__metadata__";
    private static final long MAX_HEADER_BYTES = 100_000_000;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * One tensor.
     *
     * @param start first byte in the file
     * @param bytes length in the file
     */
    record Entry(ElementType type, Shape shape, long start, long bytes) {}

    SafetensorsHeader {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long fileBytes = channel.size();
        if (fileBytes < Long.BYTES) {
            throw corrupt(file, "expected at least 8 bytes, found " + fileBytes);
        }
        long headerBytes = bytes(channel, 0, Long.BYTES).getLong(0);
        if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, fileBytes - Long.BYTES)) {
            throw corrupt(file, "its header says %d bytes, the file has %d".formatted(headerBytes, fileBytes));
        }
        JsonNode tree;
        try {
            tree = MAPPER.readTree(StandardCharsets.UTF_8
                    .decode(bytes(channel, Long.BYTES, (int) headerBytes))
                    .toString());
        } catch (JacksonException e) {
            throw corrupt(file, "its header is not JSON (" + e.getOriginalMessage() + ")");
        }
        if (!tree.isObject()) {
            throw corrupt(file, "its header is not a JSON object");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Entry> tensors = new LinkedHashMap<>();
        long dataStart = Long.BYTES + headerBytes;
        for (Map.Entry<String, JsonNode> property : tree.properties()) {
            if (property.getKey().equals(METADATA)) {
                property.getValue()
                        .properties()
                        .forEach(item ->
                                metadata.put(item.getKey(), item.getValue().asString("")));
            } else {
                tensors.put(property.getKey(), entry(file, property.getKey(), property.getValue(), dataStart));
            }
        }
        requireFullCover(file, tensors, dataStart, fileBytes);
        return new SafetensorsHeader(metadata, tensors);
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataStart) {
        JsonNode dtype = node.path("dtype");
        JsonNode sizes = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        boolean whole = offsets.isArray()
                && offsets.size() == 2
                && offsets.get(0).isIntegralNumber()
                && offsets.get(1).isIntegralNumber();
        if (!dtype.isString() || !sizes.isArray() || !whole) {
            throw corrupt(file, "tensor '%s' needs dtype, shape and two data_offsets".formatted(name));
        }
        ElementType type;
        try {
            type = ElementType.valueOf(dtype.asString());
        } catch (IllegalArgumentException e) {
            throw corrupt(
                    file,
                    "tensor '%s' has type %s, expected one of %s"
                            .formatted(name, dtype.asString(), List.of(ElementType.values())));
        }
        long[] shape = new long[sizes.size()];
        long bytes = type.bytes();
        try {
            for (int i = 0; i < shape.length; i++) {
                shape[i] = sizes.get(i).isIntegralNumber() ? sizes.get(i).asLong() : -1;
                bytes = Math.multiplyExact(bytes, shape[i]);
                if (shape[i] < 0) {
                    throw corrupt(file, "tensor '%s' has shape %s".formatted(name, sizes));
                }
            }
        } catch (ArithmeticException e) {
            throw corrupt(file, "tensor '%s' has shape %s, more than any file holds".formatted(name, sizes));
        }
        long start = offsets.get(0).asLong();
        if (start < 0 || offsets.get(1).asLong() - start != bytes) {
            throw corrupt(file, "tensor '%s' of %d bytes has data_offsets %s".formatted(name, bytes, offsets));
        }
        return new Entry(type, new Shape(shape), dataStart + start, bytes);
    }

    private static void requireFullCover(Path file, Map<String, Entry> tensors, long dataStart, long fileBytes) {
        long expected = dataStart;
        List<Entry> ordered = tensors.values().stream()
                .sorted(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::bytes))
                .toList();
        for (Entry entry : ordered) {
            if (entry.start() != expected) {
                throw corrupt(
                        file,
                        "its tensors overlap or leave a gap at byte %d".formatted(Math.min(expected, entry.start())));
            }
            expected = entry.start() + entry.bytes();
        }
        if (expected != fileBytes) {
            throw corrupt(file, "expected %d bytes, found %d".formatted(expected, fileBytes));
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new EOFException("the file shrank while it was read");
            }
        }
        return buffer.flip();
    }

    static WorkFailure corrupt(Path file, String fact) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot read '%s': %s. Restore the file or delete it to have it made again.".formatted(file, fact));
    }
}
