package dev.mugv.steps.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.img;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;

import j2html.tags.DomContent;
import java.util.List;

/** Loss curves and what the VideoVAE keeps of a clip. */
final class TrainingChapter {
    private TrainingChapter() {}

    static DomContent curves(List<LossCurve> curves) {
        return div(
                p().withClass("legend")
                        .with(
                                span("single updates").withClass("key raw"),
                                span("training, running mean").withClass("key training"),
                                span("validation, fixed grid").withClass("key validation")),
                div(each(
                                curves,
                                curve -> figure(
                                        figcaption(curve.stage()).with(span(curve.quantity())), LossChart.draw(curve))))
                        .withClass("curves"));
    }

    static List<DomContent> reconstructions(List<Reconstruction> reconstructions, PageLinks links) {
        return List.of(
                OverviewChapter.note("Each sheet has the clip's frames above and the reconstructed ones below. "
                        + "PSNR in decibels, SSIM up to 1; higher is better for both."),
                div(each(
                                reconstructions,
                                r -> figure(
                                        a(img().withSrc(links.link(r.sheet()))
                                                        .withAlt("Frames of clip " + r.clipId()
                                                                + " above their reconstruction")
                                                        .attr("loading", "lazy"))
                                                .withHref(links.link(r.sheet())),
                                        figcaption("clip " + r.clipId())
                                                .with(span("PSNR " + Numbers.significant(r.psnr()) + " dB · SSIM "
                                                        + Numbers.significant(r.ssim()))))))
                        .withClass("sheets"));
    }
}
