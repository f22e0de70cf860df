package dev.mugv.model.curation.planted;

import dev.mugv.model.media.RgbFrame;
import java.util.function.IntUnaryOperator;

/** Edits of one picture; each gives a new one. */
final class Pictures {
    private static final int BOXES = 3;

    private Pictures() {}

    private static RgbFrame like(RgbFrame frame, byte[] pixels) {
        return new RgbFrame(frame.index(), frame.seconds(), frame.width(), frame.height(), pixels);
    }

    private static byte level(double value) {
        return (byte) Math.min(255, Math.max(0, Math.round(value)));
    }

    /** Every channel mapped by itself. */
    static RgbFrame mapped(RgbFrame frame, IntUnaryOperator map) {
        byte[] table = new byte[256];
        for (int value = 0; value < table.length; value++) {
            table[value] = level(map.applyAsInt(value));
        }
        byte[] pixels = new byte[frame.pixels().length];
        for (int at = 0; at < pixels.length; at++) {
            pixels[at] = table[frame.pixels()[at] & 0xff];
        }
        return like(frame, pixels);
    }

    /** A part of the way from its colours to its grey, 0 to 1. */
    static RgbFrame faded(RgbFrame frame, double part) {
        byte[] pixels = new byte[frame.pixels().length];
        for (int at = 0; at < pixels.length; at += 3) {
            double grey = 0;
            for (int channel = 0; channel < 3; channel++) {
                grey += (frame.pixels()[at + channel] & 0xff) / 3.0;
            }
            for (int channel = 0; channel < 3; channel++) {
                pixels[at + channel] = level((frame.pixels()[at + channel] & 0xff) * (1 - part) + grey * part);
            }
        }
        return like(frame, pixels);
    }

    /** A weighted mean of two pictures of one size. */
    static RgbFrame mixed(RgbFrame one, RgbFrame other, double share) {
        // In 4096ths: films are made of thousands of pictures.
        int weight = (int) Math.round(share * 4096);
        byte[] from = one.pixels();
        byte[] to = other.pixels();
        byte[] pixels = new byte[from.length];
        for (int at = 0; at < pixels.length; at++) {
            pixels[at] = (byte) (((from[at] & 0xff) * (4096 - weight) + (to[at] & 0xff) * weight + 2048) >> 12);
        }
        return like(one, pixels);
    }

    /** One level everywhere. */
    static RgbFrame plain(RgbFrame frame, int level) {
        return mapped(frame, value -> level);
    }

    static RgbFrame mirrored(RgbFrame frame) {
        byte[] pixels = new byte[frame.pixels().length];
        for (int y = 0; y < frame.height(); y++) {
            for (int x = 0; x < frame.width(); x++) {
                int from = 3 * (y * frame.width() + frame.width() - 1 - x);
                System.arraycopy(frame.pixels(), from, pixels, 3 * (y * frame.width() + x), 3);
            }
        }
        return like(frame, pixels);
    }

    /** Three means over boxes one after the other, nearly a Gaussian of deviation {@code radius + 0.5}. */
    static RgbFrame blurred(RgbFrame frame, int radius) {
        byte[] pixels = frame.pixels().clone();
        byte[] line = new byte[Math.max(frame.width(), frame.height())];
        for (int time = 0; time < BOXES; time++) {
            for (int channel = 0; channel < 3; channel++) {
                for (int y = 0; y < frame.height(); y++) {
                    smooth(pixels, 3 * y * frame.width() + channel, 3, frame.width(), radius, line);
                }
                for (int x = 0; x < frame.width(); x++) {
                    smooth(pixels, 3 * x + channel, 3 * frame.width(), frame.height(), radius, line);
                }
            }
        }
        return like(frame, pixels);
    }

    /** Means along one line of one channel; beyond its ends its last pixels go on. */
    // Six parameters: where a line lies in the array takes three.
    private static void smooth(byte[] pixels, int first, int step, int count, int radius, byte[] line) {
        int span = 2 * radius + 1;
        int sum = 0;
        for (int at = -radius; at <= radius; at++) {
            sum += pixels[first + step * Math.min(count - 1, Math.max(0, at))] & 0xff;
        }
        for (int at = 0; at < count; at++) {
            line[at] = (byte) ((2 * sum + span) / (2 * span));
            sum += pixels[first + step * Math.min(count - 1, at + radius + 1)] & 0xff;
            sum -= pixels[first + step * Math.max(0, at - radius)] & 0xff;
        }
        for (int at = 0; at < count; at++) {
            pixels[first + step * at] = line[at];
        }
    }

    /** A part of the picture, bilinear, made as large as the whole; coordinates and sizes in pixels. */
    static RgbFrame part(RgbFrame frame, double left, double top, double width, double height) {
        byte[] pixels = new byte[frame.pixels().length];
        for (int y = 0; y < frame.height(); y++) {
            double fromY = top + (y + 0.5) * height / frame.height() - 0.5;
            for (int x = 0; x < frame.width(); x++) {
                double fromX = left + (x + 0.5) * width / frame.width() - 0.5;
                for (int channel = 0; channel < 3; channel++) {
                    pixels[3 * (y * frame.width() + x) + channel] = level(bilinear(frame, fromX, fromY, channel));
                }
            }
        }
        return like(frame, pixels);
    }

    private static double bilinear(RgbFrame frame, double x, double y, int channel) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double below = y - top;
        return (clamped(frame, left, top, channel) * (1 - right) + clamped(frame, left + 1, top, channel) * right)
                        * (1 - below)
                + (clamped(frame, left, top + 1, channel) * (1 - right)
                                + clamped(frame, left + 1, top + 1, channel) * right)
                        * below;
    }

    private static int clamped(RgbFrame frame, int x, int y, int channel) {
        return frame.channel(
                Math.min(frame.width() - 1, Math.max(0, x)), Math.min(frame.height() - 1, Math.max(0, y)), channel);
    }

    /** Half the width and height by means, and back to full size: what a small copy keeps. */
    static RgbFrame halvedAndBack(RgbFrame frame) {
        RgbFrame soft = mapped(frame, value -> value);
        byte[] pixels = soft.pixels();
        for (int y = 0; y + 1 < frame.height(); y += 2) {
            for (int x = 0; x + 1 < frame.width(); x += 2) {
                for (int channel = 0; channel < 3; channel++) {
                    int sum = frame.channel(x, y, channel)
                            + frame.channel(x + 1, y, channel)
                            + frame.channel(x, y + 1, channel)
                            + frame.channel(x + 1, y + 1, channel);
                    byte mean = level(sum / 4.0);
                    pixels[3 * (y * frame.width() + x) + channel] = mean;
                    pixels[3 * (y * frame.width() + x + 1) + channel] = mean;
                    pixels[3 * ((y + 1) * frame.width() + x) + channel] = mean;
                    pixels[3 * ((y + 1) * frame.width() + x + 1) + channel] = mean;
                }
            }
        }
        return soft;
    }

    /** A rectangle of one level laid over the picture. */
    static RgbFrame filled(RgbFrame frame, int left, int top, int width, int height, int level) {
        byte[] pixels = frame.pixels().clone();
        for (int y = Math.max(0, top); y < Math.min(frame.height(), top + height); y++) {
            for (int x = Math.max(0, left); x < Math.min(frame.width(), left + width); x++) {
                for (int channel = 0; channel < 3; channel++) {
                    pixels[3 * (y * frame.width() + x) + channel] = (byte) level;
                }
            }
        }
        return like(frame, pixels);
    }
}
