package dev.mugv.model.archive;

import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.TensorPieces;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@code .pt} file that {@code torch.load} reads, with {@code weights_only} too: a zip file without compression, each
 * storage on a 64-byte border, zip64 where it is needed. Its bytes depend on its contents alone. Values stream from the source
 * to the file.
 */
public final class TorchFileWriter {
    private static final String FOLDER = "archive/";
    private static final int ALIGNMENT = 64;

    private final TensorSource tensors;

    /** @param tensors what is written, in its order */
    public TorchFileWriter(TensorSource tensors) {
        this.tensors = tensors;
    }

    /** Writes a state dict anew and forces it to the disk. */
    public void write(Path file) {
        write(file, tensorsByName());
    }

    /**
     * Writes a dictionary whose only entry is a state dict, as trainers save it; forced to the disk.
     *
     * @param key of the entry, for example {@code model}
     * @param absent further keys of the state dict, whose value is {@code None}
     */
    public void writeWithin(String key, List<String> absent, Path file) {
        Map<String, @Nullable Object> dictionary = tensorsByName();
        absent.forEach(name -> dictionary.put(name, null));
        write(file, Map.of(key, dictionary));
    }

    private Map<String, @Nullable Object> tensorsByName() {
        Map<String, @Nullable Object> dictionary = new LinkedHashMap<>();
        int number = 0;
        for (String name : tensors.names()) {
            ElementType type = tensors.type(name);
            long[] shape = tensors.shape(name).getShape();
            TorchStorage storage = new TorchStorage(
                    Integer.toString(number++), type, tensors.shape(name).size());
            dictionary.put(
                    name,
                    new WeightsPickler.WholeStorage(
                            storage, Arrays.stream(shape).boxed().toList()));
        }
        return dictionary;
    }

    private void write(Path file, Object root) {
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            // Closing the stream would close the channel before it is forced.
            ZipArchiveOutputStream zip = new ZipArchiveOutputStream(channel);
            zip.setMethod(ZipArchiveEntry.STORED);
            zip.setUseZip64(Zip64Mode.AsNeeded);
            put(zip, "data.pkl", new WeightsPickler().dumps(root));
            put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            int number = 0;
            for (String name : tensors.names()) {
                putStorage(zip, "data/" + number++, name);
            }
            put(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
            zip.finish();
            channel.force(true);
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void putStorage(ZipArchiveOutputStream zip, String entryName, String tensor) throws IOException {
        long bytes = tensors.shape(tensor).size() * tensors.type(tensor).bytes();
        zip.putArchiveEntry(entry(entryName, bytes));
        TensorPieces.of(tensors, tensor).forEach((type, piece, elements) -> {
            try {
                zip.write(piece.array(), piece.arrayOffset(), piece.limit());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        zip.closeArchiveEntry();
    }

    private static void put(ZipArchiveOutputStream zip, String name, byte[] content) throws IOException {
        zip.putArchiveEntry(entry(name, content.length));
        zip.write(content);
        zip.closeArchiveEntry();
    }

    private static ZipArchiveEntry entry(String name, long bytes) {
        ZipArchiveEntry entry = new ZipArchiveEntry(FOLDER + name);
        entry.setSize(bytes);
        entry.setTime(0); // the format's first instant, whatever the time zone
        entry.setAlignment(ALIGNMENT);
        return entry;
    }
}
