package dev.mugv.model.curation.planted;

import dev.mugv.model.media.RgbFrame;
import java.util.Arrays;
import java.util.Map;

/**
 * What is laid over every frame of a video: lettering or a logo. The letters are drawn without any font of the machine, because pixels
 * must not depend on what is installed.
 */
final class Overlay {
    private static final int ROWS = 7;
    private static final int COLUMNS = 5;
    private static final short CLEAR = -1;
    private static final String TEXT = "SAMPLE TEXT";

    /** Rows of five pixels, the left one the highest bit. */
    private static final Map<Character, int[]> GLYPHS = Map.of(
            'S', new int[] {0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e},
            'A', new int[] {0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11},
            'M', new int[] {0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11},
            'P', new int[] {0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10},
            'L', new int[] {0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f},
            'E', new int[] {0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f},
            'T', new int[] {0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04},
            'X', new int[] {0x11, 0x11, 0x0a, 0x04, 0x0a, 0x11, 0x11},
            ' ', new int[ROWS]);

    private final int width;
    private final int height;
    private final short[] levels;

    private Overlay(int width, int height) {
        this.width = width;
        this.height = height;
        levels = new short[width * height];
        Arrays.fill(levels, CLEAR);
    }

    /** A line of white letters with a black edge, as subtitles are, over most of the width near the lower edge. */
    static Overlay text(int width, int height) {
        Overlay overlay = new Overlay(width, height);
        int size = Math.max(1, (int) (0.8 * width / (TEXT.length() * (COLUMNS + 1))));
        int left = (width - TEXT.length() * (COLUMNS + 1) * size) / 2;
        int top = height - (ROWS + 2) * size - height / 20;
        overlay.write(left, top, size, Math.max(1, size / 2), 0);
        overlay.write(left, top, size, 0, 255);
        return overlay;
    }

    /** A white ring with a dark middle in the upper right corner. */
    static Overlay logo(int width, int height) {
        Overlay overlay = new Overlay(width, height);
        double radius = height / 10.0;
        double centreX = width - 1.8 * radius;
        double centreY = 1.8 * radius;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double distance = Math.hypot(x - centreX, y - centreY) / radius;
                if (distance <= 1) {
                    overlay.levels[y * width + x] = (short) (distance > 0.6 ? 240 : 40);
                }
            }
        }
        return overlay;
    }

    private void write(int left, int top, int size, int edge, int level) {
        for (int letter = 0; letter < TEXT.length(); letter++) {
            int[] glyph = GLYPHS.get(TEXT.charAt(letter));
            for (int pixel = 0; glyph != null && pixel < ROWS * COLUMNS; pixel++) {
                int column = pixel % COLUMNS;
                if ((glyph[pixel / COLUMNS] >> (COLUMNS - 1 - column) & 1) != 0) {
                    int x = left + (letter * (COLUMNS + 1) + column) * size;
                    fill(x - edge, top + pixel / COLUMNS * size - edge, size + 2 * edge, level);
                }
            }
        }
    }

    private void fill(int left, int top, int side, int level) {
        for (int y = Math.max(0, top); y < Math.min(height, top + side); y++) {
            for (int x = Math.max(0, left); x < Math.min(width, left + side); x++) {
                levels[y * width + x] = (short) level;
            }
        }
    }

    /** The picture with this over it. */
    RgbFrame over(RgbFrame frame) {
        byte[] pixels = frame.pixels().clone();
        for (int at = 0; at < levels.length; at++) {
            if (levels[at] != CLEAR) {
                Arrays.fill(pixels, 3 * at, 3 * at + 3, (byte) levels[at]);
            }
        }
        return new RgbFrame(frame.index(), frame.seconds(), frame.width(), frame.height(), pixels);
    }
}
