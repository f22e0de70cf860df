package dev.mugv.model.media;

/**
 * How a stored picture is to be turned or mirrored: column x and row y go to column {@code across · x + crossedUp · y} and row
 * {@code crossedDown · x + down · y}, counted from the side where they come out positive (FFmpeg's display matrix without its
 * scale). Each factor is −1, 0 or 1.
 *
 * @param across of the column on the column
 * @param crossedDown of the column on the row
 * @param crossedUp of the row on the column
 * @param down of the row on the row
 */
record Orientation(int across, int crossedDown, int crossedUp, int down) {
    static final Orientation UPRIGHT = new Orientation(1, 0, 0, 1);

    Orientation {
        boolean straight = across != 0 && down != 0 && crossedDown == 0 && crossedUp == 0;
        boolean turned = across == 0 && down == 0 && crossedDown != 0 && crossedUp != 0;
        if (!straight && !turned) {
            throw new IllegalArgumentException("expected quarter turns and mirrors, found %d %d %d %d"
                    .formatted(across, crossedDown, crossedUp, down));
        }
    }

    /** The upright picture of stored rows of red, green and blue. */
    RgbFrame upright(byte[] rgb, FrameSize stored) {
        if (equals(UPRIGHT)) {
            return new RgbFrame(0, 0, stored.width(), stored.height(), rgb);
        }
        FrameSize size = across == 0 ? stored.turned() : stored;
        int left = (across < 0 ? stored.width() - 1 : 0) + (crossedUp < 0 ? stored.height() - 1 : 0);
        int top = (crossedDown < 0 ? stored.width() - 1 : 0) + (down < 0 ? stored.height() - 1 : 0);
        byte[] pixels = new byte[rgb.length];
        for (int y = 0; y < stored.height(); y++) {
            for (int x = 0; x < stored.width(); x++) {
                int column = left + across * x + crossedUp * y;
                int row = top + crossedDown * x + down * y;
                System.arraycopy(rgb, 3 * (y * stored.width() + x), pixels, 3 * (row * size.width() + column), 3);
            }
        }
        return new RgbFrame(0, 0, size.width(), size.height(), pixels);
    }
}
