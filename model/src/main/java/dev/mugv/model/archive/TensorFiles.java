package dev.mugv.model.archive;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Opens files of tensors by what they are, not by what they are called. */
public final class TensorFiles {
    private static final String INDEX_SUFFIX = ".index.json";
    private static final String SAFETENSORS_SUFFIX = ".safetensors";
    private static final int TAR_MAGIC_AT = 257;
    private static final int HEAD_BYTES = TAR_MAGIC_AT + 5;

    private TensorFiles() {}

    /**
     * Opens a safetensors file, a {@code .pt} or {@code .bin} file of {@code torch.save}, or the {@code .index.json} of shards
     * of either.
     *
     * @throws WorkFailure INVALID_REQUEST when there is no such file, or it is of a format that is not read; CORRUPT when it
     *     is damaged or truncated
     */
    public static TensorSource open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot read '%s': there is no such file. Correct its path.".formatted(file));
        }
        if (file.toString().endsWith(INDEX_SUFFIX)) {
            return ShardedTensors.open(file);
        }
        byte[] head = head(file);
        if (startsWith(head, 'P', 'K')) {
            return TorchFile.open(file);
        }
        if (file.toString().endsWith(SAFETENSORS_SUFFIX) || (head.length > Long.BYTES && head[Long.BYTES] == '{')) {
            return SafetensorsFile.open(file);
        }
        throw unreadable(file, head);
    }

    private static WorkFailure unreadable(Path file, byte[] head) {
        String again = "Load it with torch and save it again by torch.save(torch.load(FILE, weights_only=True), NEW).";
        if (head.length == 0) {
            return refused(file, "it is empty", "Copy it again.");
        }
        if ((head[0] & 0xff) == 0x80) {
            return refused(file, "it is a bare pickle, the format of torch before 1.6, expected a zip file", again);
        }
        boolean tar = head.length == HEAD_BYTES
                && new String(head, TAR_MAGIC_AT, HEAD_BYTES - TAR_MAGIC_AT, StandardCharsets.US_ASCII).equals("ustar");
        if (tar) {
            return refused(file, "it is a tar file, the first format of torch, expected a zip file", again);
        }
        return refused(
                file,
                "it is neither a zip file of torch.save nor a safetensors file",
                "Give a file of one of these formats, whole.");
    }

    private static WorkFailure refused(Path file, String fact, String action) {
        return new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot read '%s': %s. %s".formatted(file, fact, action));
    }

    private static byte[] head(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEAD_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean startsWith(byte[] head, char... start) {
        return head.length >= start.length
                && Arrays.equals(
                        Arrays.copyOf(head, start.length), new String(start).getBytes(StandardCharsets.US_ASCII));
    }
}
