package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import java.util.Arrays;
import java.util.List;

/** What calls require of their elements. */
final class Requirement {
    private Requirement() {}

    /** Exactly so many, of one of these formats. */
    static void of(String name, Elements elements, long count, ElementFormat... formats) {
        if (elements.count() != count) {
            throw new IllegalArgumentException(
                    "%s: expected %d elements, found %d".formatted(name, count, elements.count()));
        }
        format(name, elements, formats);
    }

    static void format(String name, Elements elements, ElementFormat... formats) {
        if (!List.of(formats).contains(elements.format())) {
            throw new IllegalArgumentException("%s: expected the format %s, found %s"
                    .formatted(
                            name,
                            String.join(
                                    " or ",
                                    Arrays.stream(formats)
                                            .map(ElementFormat::label)
                                            .toList()),
                            elements.format().label()));
        }
    }

    /** At least 1. */
    static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s: expected at least 1, found %d".formatted(name, value));
        }
    }
}
