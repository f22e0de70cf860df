package dev.mugv.steps.report;

import static j2html.TagCreator.tag;

import dev.mugv.steps.report.CuratedVideoResult.Clip;
import dev.mugv.steps.report.CuratedVideoResult.Transition;
import j2html.tags.ContainerTag;
import java.util.Locale;

/** Draws one video as a strip: its clips as blocks, kept or rejected, and its transitions as marks over them. */
final class ShotTimeline {
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 26;
    /** A hard cut has no length; this is as thin as a mark can be and still be seen. */
    private static final double MIN_MARK = 3;

    private ShotTimeline() {}

    static ContainerTag<?> draw(CuratedVideoResult video) {
        ContainerTag<?> svg = tag("svg")
                .attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
                .attr("preserveAspectRatio", "none")
                .attr("role", "img")
                .attr("class", "timeline")
                .with(tag("title").withText(describe(video)))
                .with(block("track", 0, WIDTH, ""));
        for (Clip clip : video.clips()) {
            double from = pixel(video, clip.firstFrame());
            double to = pixel(video, clip.endFrame());
            svg.with(block(
                    clip.isKept() ? "kept" : "rejected",
                    from + 1,
                    Math.max(from + 2, to - 1),
                    "clip " + clip.id() + ", " + frames(clip.firstFrame(), clip.endFrame())));
        }
        for (Transition transition : video.transitions()) {
            double from = pixel(video, transition.firstFrame());
            double to = pixel(video, transition.endFrame());
            double missing = Math.max(0, MIN_MARK - (to - from)) / 2;
            svg.with(block(
                    "transition",
                    from - missing,
                    to + missing,
                    transition.kind() + ", " + frames(transition.firstFrame(), transition.endFrame())));
        }
        return svg;
    }

    static String frames(int first, int end) {
        return end - first <= 1 ? "frame " + first : "frames " + first + "–" + (end - 1);
    }

    private static String describe(CuratedVideoResult video) {
        long kept = video.clips().stream().filter(Clip::isKept).count();
        return "%s: %d transitions, %d clips, %d kept"
                .formatted(
                        video.name(), video.transitions().size(), video.clips().size(), kept);
    }

    private static double pixel(CuratedVideoResult video, int frame) {
        return (double) WIDTH * frame / Math.max(1, video.frames());
    }

    private static ContainerTag<?> block(String style, double from, double to, String title) {
        ContainerTag<?> rect = tag("rect")
                .attr("class", style)
                .attr("x", String.format(Locale.ROOT, "%.1f", from))
                .attr("width", String.format(Locale.ROOT, "%.1f", to - from))
                .attr("y", style.equals("transition") ? "0" : "4")
                .attr("height", style.equals("transition") ? "26" : "18");
        return title.isEmpty() ? rect : rect.with(tag("title").withText(title));
    }
}
