package dev.mugv.model.config;

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
}
