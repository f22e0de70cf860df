package dev.mugv.model.evaluation;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/** What every measure asks of its frames, and the differences most of them start from. */
final class FramePairs {
    private FramePairs() {}

    static void requireSameSize(RgbFrame first, RgbFrame second) {
        if (first.width() != second.width() || first.height() != second.height()) {
            throw new IllegalArgumentException("expected frames of one size, found %dx%d and %dx%d"
                    .formatted(first.width(), first.height(), second.width(), second.height()));
        }
    }

    static void requireCount(int least, List<RgbFrame> frames) {
        if (frames.size() < least) {
            throw new IllegalArgumentException("expected at least " + least + " frames, found " + frames.size());
        }
    }

    /** Mean over pixels and channels of the absolute difference, 0..255. */
    static double meanAbsoluteDifference(RgbFrame first, RgbFrame second) {
        requireSameSize(first, second);
        byte[] a = first.pixels();
        byte[] b = second.pixels();
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
        }
        return (double) sum / a.length;
    }

    /** Sum over pixels and channels of the squared difference. */
    static long squaredDifference(RgbFrame first, RgbFrame second) {
        requireSameSize(first, second);
        byte[] a = first.pixels();
        byte[] b = second.pixels();
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            int difference = (a[i] & 0xff) - (b[i] & 0xff);
            sum += (long) difference * difference;
        }
        return sum;
    }
}
