package dev.mugv.model.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Size of the diffusion transformer (mugv.md, section 3.1); head width is 72 for every size.
 *
 * @param width hidden width D, a multiple of 72
 * @param layers blocks L
 * @param textWidth width of the text encoder's output
 * @param maxTextTokens longest caption
 */
public record DitSize(int width, int layers, int textWidth, int maxTextTokens) {
    public static final int HEAD_WIDTH = 72;

    private static final Map<String, DitSize> PUBLISHED = published();

    public DitSize {
        new Faults()
                .require(
                        width >= HEAD_WIDTH && width % HEAD_WIDTH == 0,
                        "width",
                        "expected a multiple of 72, found " + width)
                .atLeast(1, layers, "layers")
                .atLeast(1, textWidth, "textWidth")
                .within(1, 300, maxTextTokens, "maxTextTokens")
                .throwIfAny();
    }

    public int heads() {
        return width / HEAD_WIDTH;
    }

    /** The sizes of the published family by their names, smallest first (mugv.md, section 3.1). */
    public static Map<String, DitSize> all() {
        return PUBLISHED;
    }

    /** The published size of this name, for example {@code 10b}. */
    public static Optional<DitSize> named(String name) {
        return Optional.ofNullable(PUBLISHED.get(name));
    }

    private static Map<String, DitSize> published() {
        Map<String, DitSize> sizes = new LinkedHashMap<>();
        sizes.put("debug", ofHeads(4));
        sizes.put("1b", ofHeads(16));
        sizes.put("proxy", ofHeads(24));
        sizes.put("4b", ofHeads(32));
        sizes.put("10b", ofHeads(48));
        sizes.put("18b", ofHeads(64));
        return Collections.unmodifiableMap(sizes);
    }

    /** The family differs in its number of heads only. */
    private static DitSize ofHeads(int heads) {
        return new DitSize(HEAD_WIDTH * heads, 56, 4096, 300);
    }
}
