package dev.mugv.model.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** The real ones, for tests that change one. */
class ChangedFiles implements CheckpointFiles {
    private final CheckpointFiles disk = CheckpointFiles.onDisk();

    @Override
    public void createFolder(Path path) throws IOException {
        disk.createFolder(path);
    }

    @Override
    public void write(Path file, FileWriter content) throws IOException {
        disk.write(file, content);
    }

    @Override
    public void force(Path path) throws IOException {
        disk.force(path);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }
}
