package dev.mugv.model.media;

/** Clockwise turn that makes a coded picture upright. */
enum Rotation {
    NONE,
    QUARTER,
    HALF,
    THREE_QUARTERS;

    static Rotation ofDegrees(int degrees) {
        return values()[Math.floorMod(degrees, 360) / 90];
    }

    /** Whether width and height change places. */
    boolean isTurned() {
        return this == QUARTER || this == THREE_QUARTERS;
    }

    /** The upright picture of a coded one of this size with interleaved channels. */
    byte[] upright(byte[] coded, FrameSize size, int channels) {
        if (this == NONE) {
            return coded;
        }
        byte[] result = new byte[coded.length];
        int width = size.width();
        int height = size.height();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int target = switch (this) {
                    case NONE -> y * width + x;
                    case QUARTER -> x * height + (height - 1 - y);
                    case HALF -> (height - 1 - y) * width + (width - 1 - x);
                    case THREE_QUARTERS -> (width - 1 - x) * height + y;
                };
                for (int channel = 0; channel < channels; channel++) {
                    result[target * channels + channel] = coded[(y * width + x) * channels + channel];
                }
            }
        }
        return result;
    }
}
