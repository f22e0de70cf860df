package dev.mugv.model.config;

import java.time.Duration;

/**
 * A closed range of clip lengths.
 *
 * @param min shorter pieces are dropped
 * @param max longer shots are cut into several clips
 */
public record LengthRange(Duration min, Duration max) {
    public LengthRange {
        new Faults()
                .require(min.toMillis() > 0, "min", "expected above 0, found " + min.toMillis() + "ms")
                .require(
                        min.compareTo(max) <= 0,
                        "min",
                        "expected min <= max, found min " + min.toMillis() + "ms and max " + max.toMillis() + "ms")
                .throwIfAny();
    }
}
