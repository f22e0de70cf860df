package dev.mugv.model.vae;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Crops of clips as pixels in [-1, 1]. Clips are cut in time into windows of the shape's length, decoded half as large
 * again as the shape, and cropped in space. Decoded windows are kept up to a limit of memory; what is kept decides the
 * speed alone.
 */
final class ClipCrops {
    private static final double MARGIN = 1.5;
    private static final int GRAIN = 16;
    private static final long MOST_KEPT_BYTES = 512L << 20;
    private static final long KEPT_BYTES =
            Math.min(MOST_KEPT_BYTES, Runtime.getRuntime().maxMemory() / 4);

    private final VideoShape shape;
    private final VideoShape decoded;
    private final List<ClipSource> windows = new ArrayList<>();
    private final Map<ClipSource, List<RgbFrame>> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long keptBytes;

    /**
     * Where a crop is taken.
     *
     * @param window range of a clip that is as long as the shape
     * @param left first column in the decoded picture
     * @param top first row
     */
    record Crop(ClipSource window, int left, int top) {}

    /**
     * @param clips clips; those that are shorter than the shape are passed over
     * @throws WorkFailure INVALID_REQUEST if none is long enough
     */
    ClipCrops(List<ClipSource> clips, VideoShape shape) {
        this.shape = shape;
        this.decoded = new VideoShape(widened(shape.width()), widened(shape.height()), shape.frames(), shape.fps());
        for (ClipSource clip : clips) {
            addWindows(clip);
        }
        if (windows.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot cut crops of %s: expected a clip of at least %.2f seconds, the longest of %d has %.2f. Choose fewer frames or a higher rate."
                            .formatted(
                                    shape.label(),
                                    shape.frames() / shape.fps(),
                                    clips.size(),
                                    clips.stream()
                                            .mapToDouble(ClipSource::seconds)
                                            .max()
                                            .orElse(0)));
        }
    }

    /** A crop as a function of the stream alone. */
    Crop draw(CounterNoise noise) {
        return new Crop(
                windows.get(noise.below(windows.size(), 0)),
                noise.below(decoded.width() - shape.width() + 1, 1),
                noise.below(decoded.height() - shape.height() + 1, 2));
    }

    /** The middle of the first window of every clip, at most {@code limit} of them evenly chosen. */
    List<Crop> centres(int limit) {
        Map<String, ClipSource> firsts = new LinkedHashMap<>();
        windows.forEach(window -> firsts.putIfAbsent(window.clipId(), window));
        List<ClipSource> all = List.copyOf(firsts.values());
        int count = Math.min(limit, all.size());
        List<Crop> crops = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ClipSource window = all.get((int) ((long) i * all.size() / count));
            crops.add(new Crop(window, (decoded.width() - shape.width()) / 2, (decoded.height() - shape.height()) / 2));
        }
        return crops;
    }

    /** Name of a crop for messages: clip, first frame and place. */
    static String name(Crop crop) {
        return "%s[%d]+%d+%d".formatted(crop.window().clipId(), crop.window().firstFrame(), crop.left(), crop.top());
    }

    /** Writes a crop as pixel_FCHW. */
    void fill(Crop crop, FloatBuffer pixel_FCHW) {
        float[] plane = new float[shape.width() * shape.height()];
        for (RgbFrame frame : frames(crop.window())) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0, i = 0; y < shape.height(); y++) {
                    for (int x = 0; x < shape.width(); x++, i++) {
                        plane[i] = frame.channel(crop.left() + x, crop.top() + y, c) / 127.5f - 1;
                    }
                }
                pixel_FCHW.put(plane);
            }
        }
    }

    private void addWindows(ClipSource clip) {
        for (int first = 0; ; first += shape.frames()) {
            int start = clip.sampledFrame(shape, first);
            if (start >= clip.endFrame()) {
                return;
            }
            ClipSource window = new ClipSource(
                    clip.clipId(), clip.video(), clip.videoSha256(), start, clip.endFrame(), clip.fps(), clip.entry());
            if (!window.isLongEnoughFor(shape)) {
                return;
            }
            windows.add(window);
        }
    }

    private List<RgbFrame> frames(ClipSource window) {
        List<RgbFrame> known = kept.get(window);
        if (known != null) {
            return known;
        }
        List<RgbFrame> frames = ClipFrames.read(window, decoded);
        kept.put(window, frames);
        keptBytes += bytes(frames);
        while (keptBytes > KEPT_BYTES && kept.size() > 1) {
            ClipSource eldest = kept.keySet().iterator().next();
            List<RgbFrame> dropped = kept.remove(eldest);
            keptBytes -= dropped == null ? 0 : bytes(dropped);
        }
        return frames;
    }

    private static long bytes(List<RgbFrame> frames) {
        return frames.stream().mapToLong(frame -> frame.pixels().length).sum();
    }

    private static int widened(int size) {
        return (int) Math.ceil(size * MARGIN / GRAIN) * GRAIN;
    }
}
