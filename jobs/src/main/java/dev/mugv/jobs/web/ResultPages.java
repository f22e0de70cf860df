package dev.mugv.jobs.web;

import static j2html.TagCreator.div;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.jobs.query.GrowingLosses;
import dev.mugv.jobs.web.Html.Part;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.steps.catalog.LabelCatalog;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.evaluation.ArtifactFolders;
import dev.mugv.steps.evaluation.EvaluationResults;
import dev.mugv.steps.evaluation.PreferenceResults;
import dev.mugv.steps.report.BenchmarkCard;
import dev.mugv.steps.report.EvaluationScores;
import dev.mugv.steps.report.LossCurve;
import dev.mugv.steps.report.PageLinks;
import dev.mugv.steps.report.PreferenceResult;
import dev.mugv.steps.report.PublishedEvaluation;
import dev.mugv.steps.report.ReconstructionResult;
import dev.mugv.steps.report.ReportChapters;
import dev.mugv.steps.report.SampleComparison;
import dev.mugv.steps.report.ScoreTable;
import dev.mugv.steps.report.SearchTable;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What trainings have learned and what models generate: the report's chapters, over what there is by now. */
@RestController
final class ResultPages {
    private static final int COMPARISONS = 8;
    private static final int RECONSTRUCTIONS = 12;
    private static final int PAIRS = 8;

    private final JdbcClient jdbc;
    private final RunDirectory runs;

    ResultPages(JdbcClient jdbc, RunDirectory runs) {
        this.jdbc = jdbc;
        this.runs = runs;
    }

    @GetMapping("/runs/{run}/losses")
    ResponseEntity<String> losses(@PathVariable String run, @RequestParam(defaultValue = "") String part) {
        RunIdentity identity = runs.require(run);
        List<LossCurve> curves = new ArrayList<>(new GrowingLosses(jdbc, identity).curves());
        List<String> stages = new StageCatalog(jdbc).stages(run);
        curves.addAll(results(identity).curves(run, stages));
        List<DomContent> shown = new ArrayList<>();
        shown.add(
                curves.isEmpty()
                        ? Tables.note("No training of this run has written losses yet.")
                        : ReportChapters.curves(curves));
        results(identity)
                .merge(run, stages)
                .ifPresent(merge ->
                        shown.add(Tables.section("weights", "Finetuned weights", ReportChapters.merge(merge))));
        results(identity)
                .search(run, stages)
                .ifPresent(search ->
                        shown.add(Tables.section("search", "Hyper-parameter search", SearchTable.render(search))));
        return Html.answer(Page.titled(run).of(run, "losses").live(Links.run(run, "losses"), shown), Part.of(part));
    }

    @GetMapping("/runs/{run}/samples")
    ResponseEntity<String> samples(@PathVariable String run, @RequestParam(defaultValue = "1") int page) {
        RunIdentity identity = runs.require(run);
        PageLinks links = new ArtifactLinks(identity);
        EvaluationResults results = results(identity);
        List<PublishedEvaluation> evaluated = results.evaluated(run);
        List<SampleComparison> comparisons = PublishedEvaluation.compare(evaluated);
        List<DomContent> parts = new ArrayList<>();
        ScoreTable scores = EvaluationScores.of(evaluated);
        if (!scores.rows().isEmpty() && page == 1) {
            parts.add(Tables.section("scores", "Scores", List.of(ReportChapters.scores(scores))));
        }
        BenchmarkCard card = BenchmarkCard.of(results.benchmarks(run));
        if (!card.table().rows().isEmpty() && page == 1) {
            parts.add(Tables.section("card", "Benchmark card", ReportChapters.card(card)));
        }
        if (!comparisons.isEmpty()) {
            List<DomContent> shown =
                    new ArrayList<>(ReportChapters.samples(Tables.page(comparisons, COMPARISONS, page), links));
            shown.addAll(Tables.pager(Links.run(run, "samples"), comparisons.size(), COMPARISONS, page));
            parts.add(Tables.section("samples", "Generated samples", shown));
        }
        if (page == 1) {
            parts.addAll(firstPageOnly(identity, results, links));
        }
        if (parts.isEmpty()) {
            parts.add(Tables.note("No model of this run has been evaluated yet."));
        }
        return Html.answer(Page.titled(run).of(run, "samples").with(parts));
    }

    private List<DomContent> firstPageOnly(RunIdentity run, EvaluationResults results, PageLinks links) {
        List<DomContent> parts = new ArrayList<>();
        ReconstructionResult reconstructions = results.reconstructions(run.name());
        if (!reconstructions.isEmpty()) {
            parts.add(Tables.section(
                    "reconstruction",
                    "VideoVAE reconstruction",
                    ReportChapters.reconstructions(reconstructions.first(RECONSTRUCTIONS), links)));
        }
        preferences(run)
                .ifPresent(found -> parts.add(Tables.section(
                        "preferences", "Preferences", List.of(div().with(ReportChapters.preferences(found, links))))));
        return parts;
    }

    private Optional<PreferenceResult> preferences(RunIdentity run) {
        StageCatalog stages = new StageCatalog(jdbc);
        List<String> align = stages.stages(run.name()).stream()
                .filter(stage -> stage.startsWith("align-"))
                .toList();
        return new PreferenceResults(new LabelCatalog(jdbc), stages, folders(run))
                .find(run.name(), "the run's labels", align)
                .map(all -> new PreferenceResult(
                        all.labelledBy(), all.passed(), all.failed(), first(all.pairs(), PAIRS), all.margins()));
    }

    private EvaluationResults results(RunIdentity run) {
        return new EvaluationResults(new StageCatalog(jdbc), folders(run));
    }

    /** Not hashed anew for every reader; 'mugv checkpoints verify' does that. */
    private static ArtifactFolders folders(RunIdentity run) {
        return ArtifactFolders.asTheyAre(new ArtifactStore(run.workspace()));
    }

    private static <T> List<T> first(List<T> all, int size) {
        return all.subList(0, Math.min(size, all.size()));
    }
}
