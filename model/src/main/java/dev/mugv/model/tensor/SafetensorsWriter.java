package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a safetensors file whose bytes depend on its contents alone: keys sorted, data in key order (8-byte types first, so
 * that every tensor is aligned), header padded with spaces to 8 bytes.
 *
 * <p>Buffers and sources are read when {@link #write} is called, not copied before.
 */
public final class SafetensorsWriter {
    private static final int PIECE_BYTES = 1 << 20;
    private static final JsonMapper MAPPER = new JsonMapper();

    /** Appends elements from an index on to a little-endian buffer until it is full. */
    private interface Values {
        void copy(long first, ByteBuffer target);
    }

    private record Item(ElementType type, Shape shape, Values values) {
        long bytes() {
            return shape.size() * type.bytes();
        }
    }

    private final Map<String, String> metadata;
    private final Map<String, Item> items = new TreeMap<>();

    /** @param metadata free text, stored under {@code __metadata__} */
    public SafetensorsWriter(Map<String, String> metadata) {
        this.metadata = new TreeMap<>(metadata);
    }

    /** Adds an F32 tensor: the buffer's remaining values, row-major. */
    public SafetensorsWriter add(String name, Shape shape, FloatBuffer values) {
        requireSize(name, shape, values.remaining());
        FloatBuffer all = values.slice();
        return add(name, new Item(ElementType.F32, shape, (first, target) -> {
            int count = target.remaining() / Float.BYTES;
            target.asFloatBuffer().put(all.slice((int) first, count));
            target.position(target.limit());
        }));
    }

    /** Adds an I64 tensor. */
    public SafetensorsWriter add(String name, Shape shape, long... values) {
        requireSize(name, shape, values.length);
        LongBuffer all = LongBuffer.wrap(values.clone());
        return add(name, new Item(ElementType.I64, shape, (first, target) -> {
            int count = target.remaining() / Long.BYTES;
            target.asLongBuffer().put(all.slice((int) first, count));
            target.position(target.limit());
        }));
    }

    /** Adds a FLOAT32 array, whose values are copied now. */
    public SafetensorsWriter add(String name, NDArray array) {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(array.size()));
        if (values.hasRemaining()) {
            values.put(EngineMemory.floats(array)).flip();
        }
        return add(name, array.getShape(), values);
    }

    /** Adds all tensors of a source in their own types. */
    public SafetensorsWriter addAll(TensorSource source) {
        for (String name : source.names()) {
            add(
                    name,
                    new Item(
                            source.type(name),
                            source.shape(name),
                            (first, target) -> source.copy(name, first, target)));
        }
        return this;
    }

    /** Writes the file anew and forces it to the disk. */
    public void write(Path file) {
        List<Map.Entry<String, Item>> ordered = items.entrySet().stream()
                .sorted((a, b) -> b.getValue().type.bytes() - a.getValue().type.bytes())
                .toList();
        byte[] header = header(ordered);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            drain(channel, piece.putLong(header.length));
            drain(channel, ByteBuffer.wrap(header).position(header.length));
            for (Map.Entry<String, Item> entry : ordered) {
                write(channel, piece, entry.getValue());
            }
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireSize(String name, Shape shape, int values) {
        if (shape.size() != values) {
            throw new IllegalArgumentException("%s has shape %s and %d values".formatted(name, shape, values));
        }
    }

    private SafetensorsWriter add(String name, Item item) {
        if (name.equals(SafetensorsHeader.METADATA) || items.put(name, item) != null) {
            throw new IllegalArgumentException("name '" + name + "' is taken");
        }
        return this;
    }

    private byte[] header(List<Map.Entry<String, Item>> ordered) {
        Map<String, Object> tree = new TreeMap<>();
        if (!metadata.isEmpty()) {
            tree.put(SafetensorsHeader.METADATA, metadata);
        }
        long offset = 0;
        for (Map.Entry<String, Item> entry : ordered) {
            Item item = entry.getValue();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("dtype", item.type.name());
            fields.put("shape", item.shape.getShape());
            fields.put("data_offsets", new long[] {offset, offset + item.bytes()});
            tree.put(entry.getKey(), fields);
            offset += item.bytes();
        }
        String json = MAPPER.writeValueAsString(tree);
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        int padding = Math.floorMod(-bytes.length, Long.BYTES);
        return (json + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    }

    private static void write(FileChannel channel, ByteBuffer piece, Item item) throws IOException {
        int most = PIECE_BYTES / item.type.bytes();
        long count = item.shape.size();
        for (long first = 0; first < count; first += most) {
            piece.limit((int) Math.min(most, count - first) * item.type.bytes());
            item.values.copy(first, piece);
            drain(channel, piece);
        }
    }

    private static void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
