package dev.mugv.model.evaluation;

import dev.mugv.model.media.ContactSheet;
import dev.mugv.model.media.RgbFrame;
import java.util.ArrayList;
import java.util.List;

/** A video at a glance: some of its frames, evenly spaced, the first and the last among them. */
public final class FrameSheet {
    private static final int COLUMNS = 8;

    private FrameSheet() {}

    /** Up to eight frames of one video in a row. */
    public static RgbFrame of(List<RgbFrame> frames) {
        List<RgbFrame> chosen = spread(frames);
        return ContactSheet.of(chosen, chosen.size());
    }

    /** Up to eight frames of one video, and under them the same frames of another of equal length. */
    public static RgbFrame beside(List<RgbFrame> above, List<RgbFrame> below) {
        if (above.size() != below.size()) {
            throw new IllegalArgumentException(
                    "expected equally many frames, found " + above.size() + " and " + below.size());
        }
        List<RgbFrame> chosen = new ArrayList<>(spread(above));
        int columns = chosen.size();
        chosen.addAll(spread(below));
        return ContactSheet.of(chosen, columns);
    }

    private static List<RgbFrame> spread(List<RgbFrame> frames) {
        FramePairs.requireCount(1, frames);
        int count = Math.min(COLUMNS, frames.size());
        List<RgbFrame> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(frames.get(count == 1 ? 0 : Math.round((float) i * (frames.size() - 1) / (count - 1))));
        }
        return chosen;
    }
}
