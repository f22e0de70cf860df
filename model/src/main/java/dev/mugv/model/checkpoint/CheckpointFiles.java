package dev.mugv.model.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The few changes that a checkpoint store makes to a file system, each of which may be the last before a crash. */
interface CheckpointFiles {
    /** Writes one file, which does not exist yet; forcing it to the disk is left to the caller. */
    @FunctionalInterface
    interface FileWriter {
        void writeTo(Path file) throws IOException;
    }

    void createFolder(Path folder) throws IOException;

    void write(Path file, FileWriter content) throws IOException;

    /** Makes a file's bytes, or a folder's entries, survive a power failure. */
    void force(Path fileOrFolder) throws IOException;

    /** Renames a folder in one step. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a folder with its files. */
    void delete(Path folder) throws IOException;

    /** The real ones. */
    static CheckpointFiles onDisk() {
        return new OnDisk();
    }

    /** Plain {@link Files}. */
    final class OnDisk implements CheckpointFiles {
        private OnDisk() {}

        @Override
        public void createFolder(Path folder) throws IOException {
            Files.createDirectories(folder);
        }

        @Override
        public void write(Path file, FileWriter content) throws IOException {
            content.writeTo(file);
        }

        @Override
        public void force(Path fileOrFolder) throws IOException {
            // Linux forces a folder opened for reading; a file must be opened for writing on some file systems.
            StandardOpenOption option =
                    Files.isDirectory(fileOrFolder) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
            try (FileChannel channel = FileChannel.open(fileOrFolder, option)) {
                channel.force(true);
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path folder) throws IOException {
            List<Path> deepestFirst;
            try (Stream<Path> paths = Files.walk(folder)) {
                deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        }
    }
}
