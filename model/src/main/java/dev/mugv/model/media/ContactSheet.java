package dev.mugv.model.media;

import java.util.Arrays;
import java.util.List;

/** Pictures of one size side by side in a grid on a dark ground. */
public final class ContactSheet {
    private static final int GAP = 2;
    private static final byte GROUND = 32;

    private ContactSheet() {}

    /**
     * Draws the grid, row by row.
     *
     * @param frames at least one, all of one size
     * @param columns pictures a row, at least 1
     */
    public static RgbFrame of(List<RgbFrame> frames, int columns) {
        if (frames.isEmpty() || columns < 1) {
            throw new IllegalArgumentException(
                    "expected frames and columns, found " + frames.size() + " and " + columns);
        }
        int width = frames.get(0).width();
        int height = frames.get(0).height();
        int across = Math.min(columns, frames.size());
        int down = (frames.size() + across - 1) / across;
        int sheetWidth = across * (width + GAP) + GAP;
        int sheetHeight = down * (height + GAP) + GAP;
        byte[] pixels = new byte[3 * sheetWidth * sheetHeight];
        Arrays.fill(pixels, GROUND);
        for (int number = 0; number < frames.size(); number++) {
            RgbFrame frame = frames.get(number);
            if (frame.width() != width || frame.height() != height) {
                throw new IllegalArgumentException("expected frames of %dx%d, found %dx%d"
                        .formatted(width, height, frame.width(), frame.height()));
            }
            int left = GAP + number % across * (width + GAP);
            int top = GAP + number / across * (height + GAP);
            for (int y = 0; y < height; y++) {
                System.arraycopy(frame.pixels(), 3 * y * width, pixels, 3 * ((top + y) * sheetWidth + left), 3 * width);
            }
        }
        return new RgbFrame(0, 0, sheetWidth, sheetHeight, pixels);
    }
}
