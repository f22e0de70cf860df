package dev.mugv.jobs.config;

import java.util.Locale;

/** Names as they stand in the file. */
final class KebabCase {
    private KebabCase() {}

    /** {@code clipLength} becomes {@code clip-length}. */
    static String ofComponent(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** {@code FULL_WIDTH} becomes {@code full-width}. */
    static String ofConstant(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
