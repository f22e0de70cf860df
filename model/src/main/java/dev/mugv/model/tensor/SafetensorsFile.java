package dev.mugv.model.tensor;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A safetensors file: 8 bytes little-endian header length, a JSON header, then raw little-endian values, which are read or mapped
 * as they are asked for.
 *
 * <p>DJL's own decoder is not used: it ends the JVM on BF16 and has no reads of single tensors.
 */
public final class SafetensorsFile implements TensorSource {
    private final Path file;
    private final FileContent content;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path file, FileContent content, SafetensorsHeader header) {
        this.file = file;
        this.content = content;
        this.header = header;
    }

    /**
     * Opens a file and checks its whole header.
     *
     * @throws WorkFailure of kind CORRUPT naming the file, if it is truncated or not well formed
     */
    public static SafetensorsFile open(Path file) {
        FileContent content = FileContent.open(file);
        try {
            return new SafetensorsFile(file, content, SafetensorsHeader.read(file, content.channel()));
        } catch (IOException e) {
            content.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            content.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return file;
    }

    /** The free text values under {@code __metadata__}. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** Names in the header's order. */
    @Override
    public Set<String> names() {
        return header.tensors().keySet();
    }

    @Override
    public Shape shape(String name) {
        return entry(name).shape();
    }

    @Override
    public ElementType type(String name) {
        return entry(name).type();
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        SafetensorsHeader.Entry entry = entry(name);
        long skipped = first * entry.type().bytes();
        if (first < 0 || target.remaining() > entry.bytes() - skipped) {
            throw new IllegalArgumentException("%s has %d bytes, asked for were %d from %d"
                    .formatted(name, entry.bytes(), target.remaining(), skipped));
        }
        content.copy(entry.start() + skipped, target);
    }

    @Override
    public Optional<ByteBuffer> mapped(String name) {
        SafetensorsHeader.Entry entry = entry(name);
        return Optional.of(content.mapped(entry.start(), entry.bytes()));
    }

    @Override
    public void close() {
        content.close();
    }

    private SafetensorsHeader.Entry entry(String name) {
        SafetensorsHeader.Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw SafetensorsHeader.corrupt(file, "it holds no tensor '" + name + "'");
        }
        return entry;
    }
}
