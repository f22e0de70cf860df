package dev.mugv.model.worker.task;

import dev.mugv.model.format.ClipSource;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.VideoWriter;
import dev.mugv.model.run.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A short video of a bright square that wanders over a gradient, written where a test wants it. */
final class SyntheticClip {
    private static final int SIZE = 32;
    private static final int SQUARE = 10;
    private static final double FPS = 8;

    private SyntheticClip() {}

    static ClipSource write(Path file, int frames, int hue) {
        List<RgbFrame> pictures = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            pictures.add(picture(i, hue));
        }
        VideoWriter.write(file, pictures, FPS);
        String sha256 = Sha256.ofFile(file);
        return new ClipSource(ClipSource.idOf(sha256, 0, frames), file, sha256, 0, frames, FPS);
    }

    private static RgbFrame picture(int index, int hue) {
        byte[] pixels = new byte[3 * SIZE * SIZE];
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                boolean inside = x >= index && x < index + SQUARE && y >= 8 && y < 8 + SQUARE;
                pixels[3 * (y * SIZE + x) + hue] = (byte) (inside ? 240 : 4 * x);
                pixels[3 * (y * SIZE + x) + (hue + 1) % 3] = (byte) (inside ? 220 : 4 * y);
            }
        }
        return new RgbFrame(index, index / FPS, SIZE, SIZE, pixels);
    }
}
