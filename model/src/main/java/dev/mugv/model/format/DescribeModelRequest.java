package dev.mugv.model.format;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.VideoShape;

/**
 * What {@code mugv model describe} asks.
 *
 * @param name of the size, for the answer
 * @param size to be described
 * @param shape of one training sample
 */
public record DescribeModelRequest(String name, DitSize size, VideoShape shape) {}
