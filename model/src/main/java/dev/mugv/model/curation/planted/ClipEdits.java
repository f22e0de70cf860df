package dev.mugv.model.curation.planted;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.format.PlantedEdit;
import dev.mugv.model.media.RgbFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Edits of a whole clip, as functions of its frames, the edit and a seed. */
final class ClipEdits {
    /** Radius of the blur as a share of the width: 3 pixels of 320. */
    private static final double BLUR = 3.0 / 320;

    private static final double DARKENED = 0.1;

    /** Rows of each border of a letterbox; of the shape 2.39:1 in 16:9 an eighth. */
    private static final double BORDER = 0.125;

    /** Largest move of a shake, as a share of the width: 6 pixels of 320. */
    private static final double SHAKE = 0.02;

    /** Frames from one turning point of the shake to the next: six a second of 24 frames a second, as a hand does. */
    private static final int SHAKE_FRAMES = 2;

    /** Part of each side that a cropped copy keeps. */
    private static final double KEPT = 0.92;

    private ClipEdits() {}

    /**
     * Applies an edit.
     *
     * @param frames at least two, of one size
     */
    static List<RgbFrame> apply(PlantedEdit edit, List<RgbFrame> frames, long seed, int clip) {
        RgbFrame first = frames.get(0);
        int width = first.width();
        int height = first.height();
        int rows = (int) Math.round(BORDER * height / 2) * 2;
        int columns = (int) Math.round(BORDER * width / 2) * 2;
        return switch (edit) {
            case CLEAN, FILM -> frames;
            case BLUR -> each(frames, frame -> blurred(frame, BLUR));
            case DARK -> each(frames, frame -> Pictures.mapped(frame, value -> (int) (DARKENED * value)));
            case BRIGHT ->
                each(frames, frame -> Pictures.mapped(frame, value -> (int) (255 - DARKENED * (255 - value))));
            case DULL -> each(frames, ClipEdits::dull);
            case LETTERBOX -> each(frames, frame -> framed(frame, 0, rows));
            case PILLARBOX -> each(frames, frame -> framed(frame, columns, 0));
            case SHAKE -> shaken(frames, CounterNoise.of(seed, "planted-shake", clip));
            case STILL -> frames.stream().map(frame -> first).toList();
            case SLOWED ->
                IntStream.range(0, frames.size())
                        .mapToObj(at -> frames.get(at / 2))
                        .toList();
            case SPED ->
                IntStream.range(0, frames.size() / 2)
                        .mapToObj(at -> frames.get(2 * at))
                        .toList();
            case TEXT -> each(frames, Overlay.text(width, height)::over);
            case LOGO -> each(frames, Overlay.logo(width, height)::over);
            case RECOMPRESSED -> each(frames, Pictures::halvedAndBack);
            case CROPPED ->
                each(
                        frames,
                        frame -> Pictures.part(
                                frame, (1 - KEPT) / 2 * width, (1 - KEPT) / 2 * height, KEPT * width, KEPT * height));
            case MIRRORED -> each(frames, Pictures::mirrored);
            case OVERLAID -> overlaid(frames);
        };
    }

    private static List<RgbFrame> each(List<RgbFrame> frames, UnaryOperator<RgbFrame> edit) {
        return frames.stream().map(edit).toList();
    }

    private static RgbFrame blurred(RgbFrame frame, double share) {
        return Pictures.blurred(frame, Math.max(1, (int) Math.round(share * frame.width())));
    }

    /** A third of the contrast, none of the colour, half of that blur. */
    private static RgbFrame dull(RgbFrame frame) {
        RgbFrame grey = Pictures.faded(blurred(frame, BLUR / 2), 1);
        return Pictures.mapped(grey, value -> 60 + value / 4);
    }

    private static RgbFrame framed(RgbFrame frame, int columns, int rows) {
        RgbFrame result = frame;
        int width = frame.width();
        int height = frame.height();
        if (rows > 0) {
            result = Pictures.filled(result, 0, 0, width, rows, 0);
            result = Pictures.filled(result, 0, height - rows, width, rows, 0);
        }
        if (columns > 0) {
            result = Pictures.filled(result, 0, 0, columns, height, 0);
            result = Pictures.filled(result, width - columns, 0, columns, height, 0);
        }
        return result;
    }

    /** The middle of every frame, moved along straight lines between random places. */
    private static List<RgbFrame> shaken(List<RgbFrame> frames, CounterNoise noise) {
        List<RgbFrame> shaken = new ArrayList<>();
        double reach = SHAKE * frames.get(0).width();
        for (int at = 0; at < frames.size(); at++) {
            RgbFrame frame = frames.get(at);
            int from = at / SHAKE_FRAMES;
            double way = at % SHAKE_FRAMES / (double) SHAKE_FRAMES;
            double x = (1 - way) * place(noise, 2L * from) + way * place(noise, 2L * (from + 1));
            double y = (1 - way) * place(noise, 2L * from + 1) + way * place(noise, 2L * (from + 1) + 1);
            shaken.add(Pictures.part(
                    frame,
                    reach + reach * x,
                    reach + reach * y,
                    frame.width() - 2 * reach,
                    frame.height() - 2 * reach));
        }
        return shaken;
    }

    /** Between -1 and 1. */
    private static double place(CounterNoise noise, long index) {
        return 2 * noise.uniform(index) - 1;
    }

    private static List<RgbFrame> overlaid(List<RgbFrame> frames) {
        RgbFrame first = frames.get(0);
        Overlay text = Overlay.text(first.width(), first.height());
        Overlay logo = Overlay.logo(first.width(), first.height());
        return each(frames, frame -> logo.over(text.over(Pictures.mapped(frame, value -> (int) (20 + 0.9 * value)))));
    }
}
