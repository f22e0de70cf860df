package dev.mugv.model.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.tensor.AxisSizes;
import dev.mugv.model.tensor.EngineMemory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Pictures of 8 bits a channel to pixels in [-1, 1] and back. */
public final class FrameTensors {
    private static final int CHANNELS = 3;

    private FrameTensors() {}

    /** All frames as one tensor pixel_BCFHW with B = 1. The frames are of one size. */
    public static NDArray pixels(NDManager scope, List<RgbFrame> frames) {
        int width = frames.get(0).width();
        int height = frames.get(0).height();
        int plane = width * height;
        NDArray pixel_BCFHW = scope.create(new Shape(1, CHANNELS, frames.size(), height, width), DataType.FLOAT32);
        FloatBuffer values = EngineMemory.floats(pixel_BCFHW);
        float[] row = new float[plane];
        for (int c = 0; c < CHANNELS; c++) {
            for (RgbFrame frame : frames) {
                requireSize(frame, width, height);
                for (int i = 0; i < plane; i++) {
                    row[i] = (frame.pixels()[CHANNELS * i + c] & 0xff) / 127.5f - 1;
                }
                values.put(row);
            }
        }
        return pixel_BCFHW;
    }

    /** The same, a few frames at a time. */
    public static PixelSource source(List<RgbFrame> frames) {
        List<RgbFrame> copy = List.copyOf(frames);
        return new PixelSource() {
            @Override
            public int frames() {
                return copy.size();
            }

            @Override
            public NDArray pixels(NDManager scope, int from, int to) {
                return FrameTensors.pixels(scope, copy.subList(from, to));
            }
        };
    }

    /**
     * Pictures of a tensor pixel_BCFHW with B = 1; values outside [-1, 1] are clipped.
     *
     * @param firstIndex index of the first picture
     * @param fps decides the pictures' times
     */
    public static List<RgbFrame> frames(NDArray pixel_BCFHW, int firstIndex, double fps) {
        AxisSizes sizes = new AxisSizes("turn pixels into pictures")
                .fix('B', 1)
                .fix('C', CHANNELS)
                .bind("pixel_BCFHW", pixel_BCFHW);
        int count = sizes.intOf('F');
        int plane = sizes.intOf('H') * sizes.intOf('W');
        float[] values = pixel_BCFHW.toFloatArray();
        List<RgbFrame> frames = new ArrayList<>(count);
        for (int f = 0; f < count; f++) {
            byte[] pixels = new byte[CHANNELS * plane];
            for (int c = 0; c < CHANNELS; c++) {
                int start = (c * count + f) * plane;
                for (int i = 0; i < plane; i++) {
                    int level = Math.round((values[start + i] + 1) * 127.5f);
                    pixels[CHANNELS * i + c] = (byte) Math.max(0, Math.min(255, level));
                }
            }
            int index = firstIndex + f;
            frames.add(new RgbFrame(index, index / fps, sizes.intOf('W'), sizes.intOf('H'), pixels));
        }
        return frames;
    }

    private static void requireSize(RgbFrame frame, int width, int height) {
        if (frame.width() != width || frame.height() != height) {
            throw new IllegalArgumentException("frame %d is %dx%d, the first one %dx%d"
                    .formatted(frame.index(), frame.width(), frame.height(), width, height));
        }
    }
}
