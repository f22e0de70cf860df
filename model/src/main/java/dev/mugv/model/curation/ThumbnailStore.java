package dev.mugv.model.curation;

import dev.mugv.model.format.FrameRange;
import dev.mugv.model.media.PngImages;
import dev.mugv.model.media.RgbFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Small pictures of a video on disk: which of them show clips is known only at the end, and memory must not grow with the
 * video. What no clip uses is deleted.
 */
final class ThumbnailStore {
    static final String FOLDER = "thumbnails";
    private static final double INTERVAL = 1;

    private final Path folder;
    private final List<Integer> frames = new ArrayList<>();
    private double next;

    ThumbnailStore(Path output) {
        folder = output.resolve(FOLDER);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Keeps the picture, at half its size, if one is due. */
    void offer(RgbFrame picture) {
        if (picture.seconds() < next) {
            return;
        }
        next = (Math.floor(picture.seconds() / INTERVAL) + 1) * INTERVAL;
        frames.add(picture.index());
        PngImages.write(halved(picture), file(picture.index()));
    }

    private Path file(int frame) {
        return folder.resolve("frame-" + frame + ".png");
    }

    private static RgbFrame halved(RgbFrame picture) {
        int width = Math.max(1, picture.width() / 2);
        int height = Math.max(1, picture.height() / 2);
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int right = Math.min(picture.width() - 1, 2 * x + 1);
                int below = Math.min(picture.height() - 1, 2 * y + 1);
                for (int channel = 0; channel < 3; channel++) {
                    int sum = picture.channel(2 * x, 2 * y, channel)
                            + picture.channel(right, 2 * y, channel)
                            + picture.channel(2 * x, below, channel)
                            + picture.channel(right, below, channel);
                    pixels[3 * (y * width + x) + channel] = (byte) ((sum + 2) / 4);
                }
            }
        }
        return new RgbFrame(picture.index(), picture.seconds(), width, height, pixels);
    }

    /** Names the picture nearest to the clip's middle after the clip; path relative to the output, empty for none. */
    String assign(String clipId, FrameRange clip) {
        int middle = (clip.firstFrame() + clip.endFrame()) / 2;
        int best = -1;
        for (int frame : frames) {
            boolean within = frame >= clip.firstFrame() && frame < clip.endFrame();
            if (within && (best < 0 || Math.abs(frame - middle) < Math.abs(best - middle))) {
                best = frame;
            }
        }
        if (best < 0) {
            return "";
        }
        String name = clipId + ".png";
        try {
            Files.move(file(best), folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        frames.remove((Integer) best);
        return FOLDER + "/" + name;
    }

    /** Deletes the pictures that no clip was given. */
    void discardRest() {
        try {
            for (int frame : frames) {
                Files.delete(file(frame));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        frames.clear();
    }
}
