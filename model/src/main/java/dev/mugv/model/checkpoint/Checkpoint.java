package dev.mugv.model.checkpoint;

import java.nio.file.Path;

/**
 * A published checkpoint whose files were all found to be what its manifest says.
 *
 * @param folder holds the files
 * @param state where the training stood
 */
public record Checkpoint(Path folder, CheckpointState state) {
    public Path file(String name) {
        return folder.resolve(name);
    }
}
