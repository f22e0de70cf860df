package dev.mugv.model.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** Writes one file of a checkpoint. */
@FunctionalInterface
public interface CheckpointContent {
    /** Writes the file, which does not exist yet; forcing it to the disk is left to the store. */
    void writeTo(Path file) throws IOException;
}
