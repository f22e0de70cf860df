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
 * <p>Buffers are read when {@link #write} is called, not copied before.
 */
public final class SafetensorsWriter {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final JsonMapper MAPPER = new JsonMapper();

    private record Item(ElementType type, Shape shape, FloatBuffer floats, LongBuffer longs) {
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
        return add(name, new Item(ElementType.F32, shape, values.slice(), LongBuffer.allocate(0)), values.remaining());
    }

    /** Adds an I64 tensor. */
    public SafetensorsWriter add(String name, Shape shape, long... values) {
        Item item = new Item(ElementType.I64, shape, FloatBuffer.allocate(0), LongBuffer.wrap(values.clone()));
        return add(name, item, values.length);
    }

    /** Adds a FLOAT32 array, whose values are copied now. */
    public SafetensorsWriter add(String name, NDArray array) {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(array.size()));
        if (values.hasRemaining()) {
            values.put(EngineMemory.floats(array)).flip();
        }
        return add(name, array.getShape(), values);
    }

    /** Writes the file anew and forces it to the disk. */
    public void write(Path file) {
        List<Map.Entry<String, Item>> ordered = items.entrySet().stream()
                .sorted((a, b) -> b.getValue().type.bytes() - a.getValue().type.bytes())
                .toList();
        byte[] header = header(ordered);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            drain(channel, chunk.putLong(header.length));
            drain(channel, ByteBuffer.wrap(header).position(header.length));
            for (Map.Entry<String, Item> entry : ordered) {
                write(channel, chunk, entry.getValue());
            }
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SafetensorsWriter add(String name, Item item, int values) {
        if (item.shape.size() != values) {
            throw new IllegalArgumentException("%s has shape %s and %d values".formatted(name, item.shape, values));
        }
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

    private static void write(FileChannel channel, ByteBuffer chunk, Item item) throws IOException {
        FloatBuffer floats = item.floats.duplicate();
        while (floats.hasRemaining()) {
            int count = Math.min(floats.remaining(), CHUNK_BYTES / Float.BYTES);
            chunk.asFloatBuffer().put(floats.slice().limit(count));
            floats.position(floats.position() + count);
            drain(channel, chunk.position(count * Float.BYTES));
        }
        LongBuffer longs = item.longs.duplicate();
        while (longs.hasRemaining()) {
            int count = Math.min(longs.remaining(), CHUNK_BYTES / Long.BYTES);
            chunk.asLongBuffer().put(longs.slice().limit(count));
            longs.position(longs.position() + count);
            drain(channel, chunk.position(count * Long.BYTES));
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
