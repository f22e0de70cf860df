package dev.mugv.model.checkpoint;

import dev.mugv.model.run.OutputManifest.FileEntry;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Size and hash of every file of a checkpoint, without itself: {@code manifest.json}.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param files by name
 */
record CheckpointManifest(int formatVersion, SortedMap<String, FileEntry> files) {
    static final int FORMAT_VERSION = 1;
    static final String FILE_NAME = "manifest.json";

    CheckpointManifest {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
        if (formatVersion != FORMAT_VERSION) {
            throw new IllegalArgumentException(
                    "checkpoint manifest format version " + formatVersion + ", this build reads " + FORMAT_VERSION);
        }
    }
}
