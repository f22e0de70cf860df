package dev.mugv.model.run;

import java.util.List;
import java.util.SortedMap;

/**
 * Every file of a published artifact with its size and hash; itself the file {@code manifest.json} of the folder.
 *
 * @param files relative path to size and hash, without the manifest itself
 */
public record OutputManifest(
        int formatVersion,
        TaskKind task,
        ArtifactKey key,
        String codeVersion,
        List<ArtifactRef> inputs,
        SortedMap<String, FileEntry> files) {
    public static final int FORMAT_VERSION = 1;
    public static final String FILE_NAME = "manifest.json";

    public OutputManifest {
        inputs = List.copyOf(inputs);
        files = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(files));
    }

    /** Size and content of one file. */
    public record FileEntry(long bytes, String sha256) {}
}
