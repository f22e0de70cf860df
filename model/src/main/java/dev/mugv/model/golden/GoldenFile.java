package dev.mugv.model.golden;

import java.util.function.Consumer;

/** One file of published numbers. */
interface GoldenFile {
    /**
     * Computes what the file holds and compares.
     *
     * @param errors takes the error of each tensor as soon as it is known
     */
    void check(Consumer<TensorError> errors);
}
