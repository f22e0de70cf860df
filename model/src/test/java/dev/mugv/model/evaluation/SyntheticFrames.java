package dev.mugv.model.evaluation;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.media.RgbFrame;
import java.util.List;
import java.util.stream.IntStream;

/** Pictures whose measures are known by construction. */
final class SyntheticFrames {
    static final int SIZE = 64;

    private SyntheticFrames() {}

    /** One value everywhere. */
    static RgbFrame plain(int value) {
        return colour(value, value, value);
    }

    static RgbFrame colour(int red, int green, int blue) {
        byte[] pixels = new byte[3 * SIZE * SIZE];
        for (int i = 0; i < pixels.length; i += 3) {
            pixels[i] = (byte) red;
            pixels[i + 1] = (byte) green;
            pixels[i + 2] = (byte) blue;
        }
        return new RgbFrame(0, 0, SIZE, SIZE, pixels);
    }

    /** Smooth waves over the whole picture, moved to the right by {@code shift} pixels. */
    static RgbFrame waves(double shift) {
        byte[] pixels = new byte[3 * SIZE * SIZE];
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                double phase = 2 * Math.PI * (x - shift) / 23;
                int value =
                        (int) Math.round(127 + 55 * Math.sin(phase) + 55 * Math.sin(2 * Math.PI * y / 19.0 + phase));
                for (int channel = 0; channel < 3; channel++) {
                    pixels[3 * (y * SIZE + x) + channel] = (byte) value;
                }
            }
        }
        return new RgbFrame(0, 0, SIZE, SIZE, pixels);
    }

    /** The waves moving by {@code speed} pixels a frame. */
    static List<RgbFrame> moving(int frames, double speed) {
        return IntStream.range(0, frames).mapToObj(i -> waves(i * speed)).toList();
    }

    /** The picture with Gaussian noise, clamped to 0..255; {@code number} tells noises apart. */
    static RgbFrame noisy(RgbFrame frame, double sigma, int number) {
        CounterNoise noise = CounterNoise.of(11, "synthetic-frames", number);
        byte[] pixels = frame.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            double value = (pixels[i] & 0xff) + sigma * noise.gaussian(i);
            pixels[i] = (byte) Math.round(Math.max(0, Math.min(255, value)));
        }
        return new RgbFrame(frame.index(), frame.seconds(), frame.width(), frame.height(), pixels);
    }
}
