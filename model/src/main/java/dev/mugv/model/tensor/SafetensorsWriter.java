package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.Sha256;
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
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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

    private record Item(ElementType type, Shape shape, TensorValues values) {
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
        return add(name, new Item(ElementType.F32, shape, TensorValues.of(values)));
    }

    /** Adds an F32 tensor whose values lie anywhere; they are asked for in order, tensors in the order of their names. */
    public SafetensorsWriter add(String name, Shape shape, TensorValues values) {
        return add(name, new Item(ElementType.F32, shape, values));
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
        write(file, new Output(null), ByteBuffer.allocateDirect(PIECE_BYTES));
    }

    /**
     * The same, hashing what is written.
     *
     * @param passage memory of a mebibyte that all bytes pass through
     */
    public WrittenTensors writeHashed(Path file, ByteBuffer passage) {
        Output output = new Output(Sha256.digest());
        write(file, output, passage);
        return output.written();
    }

    private void write(Path file, Output output, ByteBuffer passage) {
        List<Map.Entry<String, Item>> ordered = items.entrySet().stream()
                .sorted((a, b) -> b.getValue().type.bytes() - a.getValue().type.bytes())
                .toList();
        byte[] header = header(ordered);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer piece = passage.clear().limit(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            output.drain(channel, piece.putLong(header.length));
            output.drain(channel, ByteBuffer.wrap(header).position(header.length));
            for (Map.Entry<String, Item> entry : ordered) {
                output.write(channel, piece, entry.getKey(), entry.getValue());
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

    /** Where the bytes of one file go, and their hashes if they are wanted. */
    private static final class Output {
        private final @Nullable MessageDigest file;
        private final Map<String, String> tensors = new TreeMap<>();
        private @Nullable MessageDigest tensor;
        private long bytes;

        Output(@Nullable MessageDigest file) {
            this.file = file;
        }

        void write(FileChannel channel, ByteBuffer piece, String name, Item item) throws IOException {
            tensor = file == null ? null : Sha256.digest();
            int most = PIECE_BYTES / item.type.bytes();
            long count = item.shape.size();
            for (long first = 0; first < count; first += most) {
                piece.limit((int) Math.min(most, count - first) * item.type.bytes());
                item.values.copy(first, piece);
                drain(channel, piece);
            }
            if (tensor != null) {
                tensors.put(name, HexFormat.of().formatHex(tensor.digest()));
                tensor = null;
            }
        }

        void drain(FileChannel channel, ByteBuffer buffer) throws IOException {
            buffer.flip();
            bytes += buffer.remaining();
            if (file != null) {
                file.update(buffer.duplicate());
            }
            if (tensor != null) {
                tensor.update(buffer.duplicate());
            }
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }

        WrittenTensors written() {
            return new WrittenTensors(
                    bytes, HexFormat.of().formatHex(Objects.requireNonNull(file).digest()), tensors);
        }
    }
}
