package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tensors of many samples as one source in fp32, each read from its own file as it is asked for: latents, normalised where they
 * are not yet, or features of captions without padding. One file is open at a time.
 */
final class ImportedTensors implements TensorSource {
    /**
     * One tensor.
     *
     * @param file that holds it
     * @param name in the file
     * @param shape as it is given out
     * @param view what is done to it
     */
    record Item(Path file, String name, Shape shape, View view) {}

    /** Where an element is in its file, and what becomes of it. */
    interface View {
        /** Index in the file of an element that is given out. */
        long place(long element);

        /** How many elements from this one on lie side by side in the file. */
        long run(long element);

        /** The number that is given out for the one in the file. */
        float value(long element, float found);
    }

    private final Path folder;
    private final Map<String, Item> items;
    private @Nullable TensorSource open;

    ImportedTensors(Path folder, Map<String, Item> items) {
        this.folder = folder;
        this.items = Collections.unmodifiableMap(new LinkedHashMap<>(items));
    }

    @Override
    public Path path() {
        return folder;
    }

    @Override
    public Set<String> names() {
        return items.keySet();
    }

    @Override
    public Shape shape(String name) {
        return item(name).shape();
    }

    @Override
    public ElementType type(String name) {
        return ElementType.F32;
    }

    @Override
    public void copy(String name, long first, ByteBuffer target) {
        Item item = item(name);
        TensorSource source = opened(item.file());
        ElementType type = source.type(item.name());
        long element = first;
        while (target.hasRemaining()) {
            int count = (int) Math.min(item.view().run(element), target.remaining() / Float.BYTES);
            ByteBuffer found = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            source.copy(item.name(), item.view().place(element), found);
            found.flip();
            for (int i = 0; i < count; i++) {
                target.putFloat(item.view().value(element + i, type.real(found, i)));
            }
            element += count;
        }
    }

    @Override
    public void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    private TensorSource opened(Path file) {
        TensorSource present = open;
        if (present != null && present.path().equals(file)) {
            return present;
        }
        close();
        TensorSource next = TensorFiles.open(file);
        open = next;
        return next;
    }

    private Item item(String name) {
        Item item = items.get(name);
        if (item == null) {
            throw new IllegalArgumentException("no tensor is called " + name);
        }
        return item;
    }
}
