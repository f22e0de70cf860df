package dev.mugv.model.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The aspect ratios of the published model at 720p, named width:height as people read them (mugv.md, section 7.1). Two of the
 * reference's sizes, 1108 and 1110 pixels, are no multiples of 8; 1104 is what its decoder makes of them.
 */
public enum AspectRatio {
    R9_16(9, 16, 720, 1280),
    R3_4(3, 4, 832, 1104),
    R1_1(1, 1, 960, 960),
    R4_3(4, 3, 1104, 832),
    R16_9(16, 9, 1280, 720);

    private final int across;
    private final int down;
    private final int width;
    private final int height;

    AspectRatio(int across, int down, int width, int height) {
        this.across = across;
        this.down = down;
        this.width = width;
        this.height = height;
    }

    /** For example {@code 9:16}, which is higher than wide. */
    public String label() {
        return across + ":" + down;
    }

    /** Pixels. */
    public int width() {
        return width;
    }

    /** Pixels. */
    public int height() {
        return height;
    }

    /** The ratio of this name, width:height. */
    public static Optional<AspectRatio> named(String label) {
        return Arrays.stream(values())
                .filter(ratio -> ratio.label().equals(label))
                .findFirst();
    }

    /**
     * The ratio that a configuration of the reference means by a key. Its keys are height:width, so that its {@code 16:9} is
     * a portrait of 720x1280 pixels: {@link #R9_16} here.
     */
    public static Optional<AspectRatio> ofReferenceKey(String heightToWidth) {
        return Arrays.stream(values())
                .filter(ratio -> heightToWidth.equals(ratio.down + ":" + ratio.across))
                .findFirst();
    }

    /** All names with their sizes, for messages. */
    public static String offer() {
        return Arrays.stream(values())
                .map(ratio -> "%s (%dx%d)".formatted(ratio.label(), ratio.width, ratio.height))
                .collect(Collectors.joining(", "));
    }
}
