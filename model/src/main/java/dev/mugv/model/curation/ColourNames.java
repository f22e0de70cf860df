package dev.mugv.model.curation;

import dev.mugv.model.media.RgbFrame;

/** Everyday names of colours by hue, saturation and value. */
final class ColourNames {
    private static final String[] NAMES = {
        "black", "white", "grey", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown"
    };

    private ColourNames() {}

    static int count() {
        return NAMES.length;
    }

    static String name(int number) {
        return NAMES[number];
    }

    /** Adds to each colour's count the pixels of a picture that have it. */
    static void count(RgbFrame frame, long[] counts) {
        byte[] pixels = frame.pixels();
        for (int at = 0; at < pixels.length; at += 3) {
            counts[number(pixels[at] & 0xff, pixels[at + 1] & 0xff, pixels[at + 2] & 0xff)]++;
        }
    }

    private static int number(int red, int green, int blue) {
        int max = Math.max(red, Math.max(green, blue));
        int min = Math.min(red, Math.min(green, blue));
        double saturation = max == 0 ? 0 : (max - min) / (double) max;
        if (max < 45) {
            return 0;
        }
        if (saturation < 0.18) {
            return max > 205 ? 1 : 2;
        }
        return chromatic(hue(red, green, blue, max, min), max, saturation);
    }

    private static double hue(int red, int green, int blue, int max, int min) {
        double range = max - min;
        double sextant;
        if (max == red) {
            sextant = (green - blue) / range;
        } else if (max == green) {
            sextant = 2 + (blue - red) / range;
        } else {
            sextant = 4 + (red - green) / range;
        }
        return (sextant * 60 + 360) % 360;
    }

    private static int chromatic(double hue, int value, double saturation) {
        boolean dull = value < 150;
        if (hue < 15 || hue >= 345) {
            return saturation < 0.5 && value > 180 ? 10 : 3;
        }
        if (hue < 45) {
            return dull ? 11 : 4;
        }
        if (hue < 70) {
            return dull && saturation < 0.5 ? 11 : 5;
        }
        if (hue < 165) {
            return 6;
        }
        if (hue < 200) {
            return 7;
        }
        if (hue < 260) {
            return 8;
        }
        return hue < 305 ? 9 : 10;
    }
}
