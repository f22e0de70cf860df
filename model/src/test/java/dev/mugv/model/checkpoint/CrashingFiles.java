package dev.mugv.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Lets {@code n} changes pass and breaks the next, a write after half of its bytes; after that there is no machine. */
final class CrashingFiles extends ChangedFiles {
    private int left;

    CrashingFiles(int changes) {
        left = changes;
    }

    @Override
    public void createFolder(Path path) throws IOException {
        countDown();
        super.createFolder(path);
    }

    @Override
    public void write(Path file, FileWriter content) throws IOException {
        if (left >= 0) {
            super.write(file, content);
        }
        if (left == 0) {
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        }
        countDown();
    }

    @Override
    public void force(Path path) throws IOException {
        countDown();
        super.force(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        countDown();
        super.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (left == 0) {
            try (var files = Files.list(path)) {
                Files.delete(files.findFirst().orElseThrow());
            }
        }
        countDown();
        super.delete(path);
    }

    private void countDown() throws IOException {
        if (left-- <= 0) {
            throw new IOException("power failure");
        }
    }
}
