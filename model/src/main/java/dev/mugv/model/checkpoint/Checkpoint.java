package dev.mugv.model.checkpoint;

import dev.mugv.model.tensor.TensorSource;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** A published checkpoint whose files were all found to be what its manifest says. */
public final class Checkpoint {
    private final Path folder;
    private final CheckpointState state;
    private final CheckpointManifest manifest;

    Checkpoint(Path folder, CheckpointState state, CheckpointManifest manifest) {
        this.folder = folder;
        this.state = state;
        this.manifest = manifest;
    }

    public Path folder() {
        return folder;
    }

    /** Where the training stood. */
    public CheckpointState state() {
        return state;
    }

    CheckpointManifest manifest() {
        return manifest;
    }

    /** SHA-256 of every logical tensor's values by name: equal under every layout. */
    public SortedMap<String, String> tensorHashes() {
        TreeMap<String, String> hashes = new TreeMap<>();
        manifest.tensors().forEach((name, tensor) -> hashes.put(name, tensor.sha256()));
        return Collections.unmodifiableSortedMap(hashes);
    }

    /** The logical tensors of a group, put together from the parts of all ranks as they are read. */
    public TensorSource tensors(String group) {
        return LogicalTensors.open(folder, manifest, group);
    }
}
