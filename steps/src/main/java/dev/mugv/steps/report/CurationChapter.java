package dev.mugv.steps.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.article;
import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h3;
import static j2html.TagCreator.img;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.text;

import dev.mugv.steps.report.CuratedVideoResult.Clip;
import j2html.tags.DomContent;
import j2html.tags.specialized.FigureTag;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Each video with its cuts and every candidate clip, kept or with the reasons against it. */
final class CurationChapter {
    private CurationChapter() {}

    static List<DomContent> render(List<CuratedVideoResult> videos, PageLinks links) {
        List<DomContent> shown = new ArrayList<>();
        shown.add(p().withClass("legend")
                .with(
                        span("kept clip").withClass("key kept"),
                        span("rejected clip").withClass("key rejected"),
                        span("cut or dissolve").withClass("key transition")));
        for (CuratedVideoResult video : videos) {
            shown.add(article(
                            h3(video.name()),
                            p(facts(video)).withClass("note"),
                            ShotTimeline.draw(video),
                            transitions(video),
                            each(video.faults(), fault -> p(fault).withClass("fault")),
                            div(each(video.clips(), clip -> clip(clip, links))).withClass("clips"))
                    .withClass("video"));
        }
        return shown;
    }

    private static String facts(CuratedVideoResult video) {
        return "%d × %d, %d frames at %s fps · %s"
                .formatted(
                        video.width(),
                        video.height(),
                        video.frames(),
                        Numbers.significant(video.fps()),
                        video.rights());
    }

    private static DomContent transitions(CuratedVideoResult video) {
        String found = video.transitions().stream()
                .map(t -> t.kind() + " at " + ShotTimeline.frames(t.firstFrame(), t.endFrame()))
                .collect(Collectors.joining(", "));
        if (found.isEmpty()) {
            // Nothing is known of the shots of a video that could not be read.
            return p(video.clips().isEmpty() && !video.faults().isEmpty() ? "" : "One shot: no cut found.");
        }
        return p("Found: " + found + ".");
    }

    private static DomContent clip(Clip clip, PageLinks links) {
        FigureTag figure = figure().withClass(clip.isKept() ? "clip kept" : "clip rejected");
        clip.thumbnail()
                .ifPresent(file -> figure.with(img().withSrc(links.link(file))
                        .withAlt("Clip " + clip.id())
                        .attr("loading", "lazy")));
        figure.with(
                figcaption(ShotTimeline.frames(clip.firstFrame(), clip.endFrame()))
                        .with(name(clip, links)),
                p(verdict(clip)).withClass("verdict"));
        if (!clip.caption().isEmpty()) {
            figure.with(p(clip.caption()).withClass("caption"));
        }
        if (!clip.scores().isEmpty()) {
            figure.with(details(summary("scores"), OverviewChapter.scoreList(clip.scores())));
        }
        return figure;
    }

    private static DomContent name(Clip clip, PageLinks links) {
        return span(links.clip(clip.id())
                .<DomContent>map(page -> a(clip.id()).withHref(page))
                .orElseGet(() -> text(clip.id())));
    }

    private static String verdict(Clip clip) {
        if (clip.isKept()) {
            return "kept";
        }
        String reasons = String.join(", ", clip.rejectedFor());
        return clip.duplicateOf()
                .map(other -> reasons + " (of clip " + other + ")")
                .orElse(reasons);
    }
}
