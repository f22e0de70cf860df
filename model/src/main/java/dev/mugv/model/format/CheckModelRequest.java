package dev.mugv.model.format;

import java.nio.file.Path;

/**
 * What {@code mugv model check} asks.
 *
 * @param folder of golden files
 * @param threads of one tensor operation
 */
public record CheckModelRequest(Path folder, int threads) {}
