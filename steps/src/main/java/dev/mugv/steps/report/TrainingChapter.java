package dev.mugv.steps.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.caption;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.img;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

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
                                        figcaption(curve.stage()).with(span(curve.quantity())),
                                        LossChart.draw(curve),
                                        iff(
                                                !curve.remark().isEmpty(),
                                                p(curve.remark()).withClass("note")))))
                        .withClass("curves"));
    }

    static List<DomContent> reconstructions(ReconstructionResult result, PageLinks links) {
        return List.of(
                qualities(result.resolutions()),
                OverviewChapter.note("Each sheet has the clip's frames above and the reconstructed ones below. "
                        + "PSNR in decibels, SSIM up to 1; higher is better for both."),
                div(each(
                                result.clips(),
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

    private static DomContent qualities(List<ReconstructionResult.Resolution> resolutions) {
        boolean perceptual =
                resolutions.stream().anyMatch(each -> each.perceptual().isPresent());
        return table(
                caption("Means over held-out clips, measured on pictures of 8 bits a channel"
                        + (perceptual
                                ? "; the perceptual distance is that of the network given, less is better."
                                : ". No perceptual network was given, so there is no perceptual distance.")),
                thead(tr(th("Frames"), th("Clips"), th("PSNR, dB"), th("SSIM"), th("Perceptual distance"))),
                tbody(each(
                        resolutions,
                        r -> tr(
                                th(r.shape()).attr("scope", "row"),
                                td(Integer.toString(r.clips())),
                                td(Numbers.significant(r.psnr())),
                                td(Numbers.significant(r.ssim())),
                                td(r.perceptual().map(Numbers::significant).orElse("–"))))));
    }
}
