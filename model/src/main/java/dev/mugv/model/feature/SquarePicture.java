package dev.mugv.model.feature;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/** How pictures are shown to networks: the centre square, resized bilinearly, RGB in 0..1. */
public final class SquarePicture {
    private static final int CHANNELS = 3;

    private SquarePicture() {}

    /** One plane a channel: {@code [3, side, side]}. */
    public static float[] planes(RgbFrame picture, int side) {
        return planes(List.of(picture), side);
    }

    /** Of several pictures, the frames of a channel one after the other: {@code [3, frames, side, side]}. */
    public static float[] planes(List<RgbFrame> frames, int side) {
        int plane = side * side;
        float[] planes = new float[CHANNELS * frames.size() * plane];
        for (int f = 0; f < frames.size(); f++) {
            RgbFrame frame = frames.get(f);
            int square = Math.min(frame.width(), frame.height());
            double left = (frame.width() - square) / 2.0;
            double top = (frame.height() - square) / 2.0;
            for (int y = 0; y < side; y++) {
                double sourceY = top + (y + 0.5) * square / side - 0.5;
                for (int x = 0; x < side; x++) {
                    double sourceX = left + (x + 0.5) * square / side - 0.5;
                    for (int channel = 0; channel < CHANNELS; channel++) {
                        planes[(channel * frames.size() + f) * plane + y * side + x] =
                                (float) (bilinear(frame, sourceX, sourceY, channel) / 255);
                    }
                }
            }
        }
        return planes;
    }

    private static double bilinear(RgbFrame picture, double x, double y, int channel) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double below = y - top;
        double upper =
                clamped(picture, left, top, channel) * (1 - right) + clamped(picture, left + 1, top, channel) * right;
        double lower = clamped(picture, left, top + 1, channel) * (1 - right)
                + clamped(picture, left + 1, top + 1, channel) * right;
        return upper * (1 - below) + lower * below;
    }

    private static int clamped(RgbFrame picture, int x, int y, int channel) {
        return picture.channel(
                Math.min(picture.width() - 1, Math.max(0, x)), Math.min(picture.height() - 1, Math.max(0, y)), channel);
    }
}
