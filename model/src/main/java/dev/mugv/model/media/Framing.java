package dev.mugv.model.media;

/**
 * How a picture of any size fills another: enlarged or reduced by one factor until it covers it, then cut at the centre.
 *
 * @param size to be filled
 */
record Framing(FrameSize size) {
    /** The smallest size of a picture's own aspect that covers the size, to the nearest pixel. */
    FrameSize covering(double width, double height) {
        double scale = Math.max(size.width() / width, size.height() / height);
        return new FrameSize(Math.max(size.width(), (int) Math.round(width * scale)), Math.max(size.height(), (int)
                Math.round(height * scale)));
    }

    /** The middle of a picture that covers the size. */
    RgbFrame crop(RgbFrame frame) {
        int left = (frame.width() - size.width()) / 2;
        int top = (frame.height() - size.height()) / 2;
        byte[] pixels = new byte[3 * size.width() * size.height()];
        for (int y = 0; y < size.height(); y++) {
            int from = 3 * ((top + y) * frame.width() + left);
            System.arraycopy(frame.pixels(), from, pixels, 3 * y * size.width(), 3 * size.width());
        }
        return new RgbFrame(frame.index(), frame.seconds(), size.width(), size.height(), pixels);
    }
}
