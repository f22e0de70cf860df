package dev.mugv.model.checkpoint;

import dev.mugv.model.run.OutputManifest.FileEntry;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Size and hash of every file of a checkpoint, without itself, and the hash of every tensor with the place of its parts: {@code
 * manifest.json}.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param files by name
 * @param tensors by name
 */
record CheckpointManifest(
        int formatVersion, SortedMap<String, FileEntry> files, SortedMap<String, LogicalTensor> tensors) {
    /** Version 1 had hashes of files only, and tensors in one piece. */
    static final int FORMAT_VERSION = 2;

    static final String FILE_NAME = "manifest.json";

    CheckpointManifest {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
        if (formatVersion != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "checkpoint manifest format version " + formatVersion + ", this build reads " + FORMAT_VERSION);
        }
    }
}
