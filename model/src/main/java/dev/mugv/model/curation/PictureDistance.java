package dev.mugv.model.curation;

import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.YuvFrame;

/** How different two pictures are, by what near-duplicates are found by. */
public final class PictureDistance {
    private PictureDistance() {}

    /** Share of the fingerprints' bits that differ, 0..0.5 and a little more; the smaller of both ways to look into a mirror. */
    public static double between(RgbFrame one, RgbFrame other) {
        Fingerprint first = fingerprint(one);
        Fingerprint second = fingerprint(other);
        return Math.min(first.distance(second), first.distance(second.mirrored())) / (double) Fingerprint.BITS;
    }

    private static Fingerprint fingerprint(RgbFrame frame) {
        float[] grey = GreyImage.of(frame).values();
        byte[] luma = new byte[grey.length];
        for (int at = 0; at < luma.length; at++) {
            luma[at] = (byte) Math.round(grey[at]);
        }
        return Fingerprint.of(new YuvFrame(frame.width(), frame.height(), luma, luma, luma));
    }
}
