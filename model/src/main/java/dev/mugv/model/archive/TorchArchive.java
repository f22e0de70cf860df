package dev.mugv.model.archive;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.FileContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The zip file that {@code torch.save} writes (since torch 1.6): one folder with {@code data.pkl}, {@code version}, often
 * {@code byteorder}, and {@code data/N} with the bytes of storage N, not compressed.
 */
final class TorchArchive implements AutoCloseable {
    private static final String PICKLE = "data.pkl";
    private static final int MAX_PICKLE_BYTES = 64 << 20;

    /** Where a storage's bytes are in the file. */
    private record Place(long start, long bytes, boolean compressed) {}

    private final Path file;
    private final FileContent content;
    private final byte[] pickle;
    private final Map<String, Place> storages;

    private TorchArchive(Path file, FileContent content, byte[] pickle, Map<String, Place> storages) {
        this.file = file;
        this.content = content;
        this.pickle = pickle;
        this.storages = Map.copyOf(storages);
    }

    /**
     * Reads the directory of the file.
     *
     * @throws WorkFailure CORRUPT if it is truncated or damaged; INVALID_REQUEST if it is another kind of zip file, or its
     *     numbers are big-endian
     */
    static TorchArchive open(Path file) {
        try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
            String folder = folder(file, zip);
            if (zip.getEntry(folder + "constants.pkl") != null) {
                throw refused(
                        file,
                        "it is a TorchScript program, expected a state dict",
                        "Save its weights by torch.save(torch.jit.load(FILE).state_dict(), NEW).");
            }
            ZipArchiveEntry order = zip.getEntry(folder + "byteorder");
            if (order != null && !text(file, zip, order).equals("little")) {
                throw refused(file, "its numbers are big-endian", "Save it again on a little-endian machine.");
            }
            byte[] pickle = bytes(file, zip, zip.getEntry(folder + PICKLE));
            Map<String, Place> storages = storages(zip, folder + "data/");
            return new TorchArchive(file, FileContent.open(file), pickle, storages);
        } catch (IOException | IllegalArgumentException e) {
            throw corrupt(file, "it is not a whole zip file (" + e.getMessage() + ")", e);
        }
    }

    Path path() {
        return file;
    }

    byte[] pickle() {
        return pickle.clone();
    }

    /**
     * Requires the file to hold a storage that its pickle speaks of.
     *
     * @throws WorkFailure CORRUPT if it is missing or has another size; INVALID_REQUEST if it is compressed
     */
    TorchStorage require(TorchStorage storage) {
        Place place = storages.get(storage.key());
        if (place == null) {
            throw corrupt(file, "it holds no storage 'data/%s'".formatted(storage.key()), null);
        }
        if (place.compressed()) {
            throw refused(
                    file,
                    "its entry 'data/%s' is compressed or encrypted".formatted(storage.key()),
                    "Pack the file without compression (zip -0), or save it again with torch.");
        }
        if (place.bytes() != storage.bytes() || place.start() + place.bytes() > content.bytes()) {
            throw corrupt(
                    file,
                    "storage 'data/%s' has %d bytes, expected %d of %s"
                            .formatted(storage.key(), place.bytes(), storage.bytes(), storage.type()),
                    null);
        }
        return storage;
    }

    /** Fills the target with a required storage's elements from one on. */
    void copy(TorchStorage storage, long first, ByteBuffer target) {
        Place place = storages.get(storage.key());
        if (place == null) {
            throw new IllegalArgumentException("storage " + storage + " was not required");
        }
        content.copy(place.start() + first * storage.type().bytes(), target);
    }

    /** Some of a required storage's elements where they lie. */
    ByteBuffer mapped(TorchStorage storage, long first, long elements) {
        Place place = storages.get(storage.key());
        if (place == null) {
            throw new IllegalArgumentException("storage " + storage + " was not required");
        }
        int bytes = storage.type().bytes();
        return content.mapped(place.start() + first * bytes, elements * bytes);
    }

    @Override
    public void close() {
        content.close();
    }

    private static String folder(Path file, ZipFile zip) {
        List<String> pickles = new ArrayList<>();
        for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
            String name = entry.getName();
            if (name.equals(PICKLE) || name.endsWith("/" + PICKLE)) {
                pickles.add(name);
            }
        }
        if (pickles.size() != 1) {
            throw refused(
                    file,
                    "it is a zip file with %d entries 'data.pkl', expected 1".formatted(pickles.size()),
                    "Give a file of torch.save.");
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
    }

    private static Map<String, Place> storages(ZipFile zip, String prefix) throws IOException {
        Map<String, Place> storages = new HashMap<>();
        for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
            if (entry.getName().startsWith(prefix)) {
                String key = entry.getName().substring(prefix.length());
                boolean plain = entry.getMethod() == ZipEntry.STORED
                        && !entry.getGeneralPurposeBit().usesEncryption();
                if (storages.put(key, new Place(entry.getDataOffset(), entry.getSize(), !plain)) != null) {
                    throw new IOException("two entries '" + entry.getName() + "'");
                }
            }
        }
        return storages;
    }

    private static byte[] bytes(Path file, ZipFile zip, ZipArchiveEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(MAX_PICKLE_BYTES + 1);
            if (bytes.length > MAX_PICKLE_BYTES) {
                throw refused(
                        file,
                        "its entry '%s' has over %d MiB, more than any state dict"
                                .formatted(entry.getName(), MAX_PICKLE_BYTES >> 20),
                        "Save the state dict alone.");
            }
            return bytes;
        }
    }

    private static String text(Path file, ZipFile zip, ZipArchiveEntry entry) throws IOException {
        return new String(bytes(file, zip, entry), StandardCharsets.US_ASCII).strip();
    }

    static WorkFailure refused(Path file, String fact, String action) {
        return new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot read '%s': %s. %s".formatted(file, fact, action));
    }

    static WorkFailure corrupt(Path file, String fact, @Nullable Throwable cause) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot read '%s': %s. Copy the file again from where it came from.".formatted(file, fact),
                cause);
    }
}
