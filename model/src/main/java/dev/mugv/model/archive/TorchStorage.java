package dev.mugv.model.archive;

import dev.mugv.model.tensor.ElementType;

/**
 * A flat array of elements that tensors of a torch file are views of.
 *
 * @param key name of its entry under {@code data/}
 * @param type of its elements
 * @param elements their number
 */
record TorchStorage(String key, ElementType type, long elements) {
    TorchStorage {
        if (key.isEmpty() || elements < 0) {
            throw new IllegalArgumentException("storage '%s' of %d elements".formatted(key, elements));
        }
    }

    /**
     * @throws ArithmeticException if no file could hold them
     */
    long bytes() {
        return Math.multiplyExact(elements, type.bytes());
    }
}
