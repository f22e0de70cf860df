package dev.mugv.model.tensor;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was handed to the file system for one file, hashed on its way there: reading the file again shows whether it arrived.
 *
 * @param bytes size of the file
 * @param sha256 of the file
 * @param tensors SHA-256 of every tensor's values, by name
 */
public record WrittenTensors(long bytes, String sha256, Map<String, String> tensors) {
    public WrittenTensors {
        tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
    }
}
