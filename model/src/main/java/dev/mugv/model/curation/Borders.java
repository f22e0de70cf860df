package dev.mugv.model.curation;

/**
 * Black borders of a picture, as published pipelines look for them before they crop (letterbox above and below, pillars at the
 * sides): rows and columns at the edge that are dark and hold no structure.
 *
 * @param top share of the height
 * @param bottom share of the height
 * @param left share of the width
 * @param right share of the width
 */
record Borders(double top, double bottom, double left, double right) {
    /** Luma of 255 up to which a line counts as black: what limited range and compression leave of black. */
    private static final double BLACK = 20;

    /** Standard deviation of a line's luma up to which it holds nothing. */
    private static final double PLAIN = 3;

    /** A picture that is black all over has no borders. */
    private static final Borders NONE = new Borders(0, 0, 0, 0);

    static Borders of(GreyImage image) {
        int top = 0;
        while (top < image.height() && isBlackRow(image, top)) {
            top++;
        }
        if (top == image.height()) {
            return NONE;
        }
        int bottom = 0;
        while (isBlackRow(image, image.height() - 1 - bottom)) {
            bottom++;
        }
        int left = 0;
        while (left < image.width() && isBlackColumn(image, left, top, bottom)) {
            left++;
        }
        int right = 0;
        while (right < image.width() - left && isBlackColumn(image, image.width() - 1 - right, top, bottom)) {
            right++;
        }
        double height = image.height();
        double width = image.width();
        return new Borders(top / height, bottom / height, left / width, right / width);
    }

    private static boolean isBlackRow(GreyImage image, int y) {
        return isBlack(image.values(), y * image.width(), 1, image.width());
    }

    /** A column between the borders above and below, so that a frame on all four sides is seen too. */
    private static boolean isBlackColumn(GreyImage image, int x, int top, int bottom) {
        return isBlack(image.values(), top * image.width() + x, image.width(), image.height() - top - bottom);
    }

    private static boolean isBlack(float[] values, int first, int step, int count) {
        double sum = 0;
        double squares = 0;
        for (int number = 0; number < count; number++) {
            double value = values[first + number * step];
            sum += value;
            squares += value * value;
        }
        double mean = sum / count;
        return mean <= BLACK && squares / count - mean * mean <= PLAIN * PLAIN;
    }

    /** What is border in both: a clip's border is there in all of its pictures. */
    Borders common(Borders other) {
        return new Borders(
                Math.min(top, other.top),
                Math.min(bottom, other.bottom),
                Math.min(left, other.left),
                Math.min(right, other.right));
    }

    /** Share of the picture that they cover, 0..1. */
    double share() {
        return 1 - (1 - top - bottom) * (1 - left - right);
    }
}
