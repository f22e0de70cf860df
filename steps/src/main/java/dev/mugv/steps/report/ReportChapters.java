package dev.mugv.steps.report;

import dev.mugv.model.format.CheckpointMerge;
import j2html.tags.DomContent;
import java.util.List;

/** The report's chapters one by one, for pages that show a run while it goes on. */
public final class ReportChapters {
    private ReportChapters() {}

    /** Losses over updates. */
    public static DomContent curves(List<LossCurve> curves) {
        return TrainingChapter.curves(curves);
    }

    /** Which weights became the finetuned model. */
    public static List<DomContent> merge(CheckpointMerge merge) {
        return MergeTable.render(merge);
    }

    /** Videos with their cuts and every clip, kept or with the reasons against it. */
    public static List<DomContent> curation(List<CuratedVideoResult> videos, PageLinks links) {
        return CurationChapter.render(videos, links);
    }

    /** What checkpoints generate. */
    public static List<DomContent> samples(List<SampleComparison> comparisons, PageLinks links) {
        return SampleChapter.render(comparisons, links);
    }

    /** Measures of what they generate. */
    public static DomContent scores(ScoreTable scores) {
        return OverviewChapter.scores(scores);
    }

    /** The card of what they generate. */
    public static List<DomContent> card(BenchmarkCard card) {
        return OverviewChapter.card(card);
    }

    /** What the VideoVAE keeps of clips. */
    public static List<DomContent> reconstructions(ReconstructionResult reconstructions, PageLinks links) {
        return TrainingChapter.reconstructions(reconstructions, links);
    }

    /** How samples were labelled. */
    public static List<DomContent> preferences(PreferenceResult result, PageLinks links) {
        return SampleChapter.preferences(result, links);
    }

    /** The style sheet that all of them need. */
    public static String styleSheet() {
        return HtmlPage.styleSheet();
    }
}
