package dev.mugv.model.format;

import java.nio.file.Path;

/**
 * What {@code mugv model convert} asks.
 *
 * @param from a file of weights, the index of its shards, or a folder that holds a model
 * @param to where the result goes; nothing is there yet
 * @param format what is written
 * @param precision of real numbers
 * @param tensorParallel ranks of a Megatron checkpoint; 1 for anything else
 * @param keys which state dicts are accepted
 */
public record ConvertModelRequest(
        Path from, Path to, Format format, Precision precision, int tensorParallel, Keys keys) {
    /** What is written. */
    public enum Format {
        /** A file as {@code torch.save} writes it. */
        PT,
        SAFETENSORS,
        /** A tensor-parallel checkpoint in Megatron's {@code torch} format. */
        MEGATRON,
        /** A folder of this product, weights and their description. */
        FOLDER
    }

    /** How real numbers are stored. */
    public enum Precision {
        KEEP,
        FP32,
        BF16,
        FP16
    }

    /** Which state dicts are accepted. */
    public enum Keys {
        /** Those of a MUG-DiT or a VideoVAE, whole and of one size. */
        KNOWN,
        ANY
    }
}
