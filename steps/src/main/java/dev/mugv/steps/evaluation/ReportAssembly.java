package dev.mugv.steps.evaluation;

import dev.mugv.model.run.ArtifactStore;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.curation.CheckFiltersPlanner;
import dev.mugv.steps.labels.HumanStudy;
import dev.mugv.steps.report.BenchmarkCard;
import dev.mugv.steps.report.DriftRule;
import dev.mugv.steps.report.EvaluationScores;
import dev.mugv.steps.report.PreferenceResult;
import dev.mugv.steps.report.PublishedEvaluation;
import dev.mugv.steps.report.ReportContent;
import dev.mugv.steps.report.ReportContent.RunFacts;
import dev.mugv.steps.report.StageResult;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Gathers what the report shows of a run, from the catalogs and the artifacts that they name. */
public final class ReportAssembly {
    private final RunIdentity identity;
    private final StageCatalog stages;
    private final ArtifactStore store;
    private final CurationResults curation;
    private final Clock clock;

    public ReportAssembly(
            RunIdentity identity, StageCatalog stages, ArtifactStore store, CurationResults curation, Clock clock) {
        this.identity = identity;
        this.stages = stages;
        this.store = store;
        this.curation = curation;
        this.clock = clock;
    }

    /**
     * Which run is reported.
     *
     * @param name the run's name
     * @param configurationSha256 hash of its validated configuration
     * @param steps the pipeline's steps in order
     * @param drift what an aligned model may differ in without an alarm
     */
    public record RunIdentity(String name, String configurationSha256, List<String> steps, DriftRule drift) {
        public RunIdentity {
            steps = List.copyOf(steps);
        }
    }

    /**
     * The content of the report.
     *
     * @param results one a step
     * @param preferences how samples were labelled, if the run aligned a model
     * @param studies blind evaluations by people, as they stand
     */
    public ReportContent assemble(
            List<StageResult> results, Optional<PreferenceResult> preferences, List<HumanStudy> studies) {
        EvaluationResults published = new EvaluationResults(stages, ArtifactFolders.verified(store));
        List<PublishedEvaluation> evaluated = published.evaluated(identity.name());
        Duration elapsed = results.stream().map(StageResult::elapsed).reduce(Duration.ZERO, Duration::plus);
        return new ReportContent(
                new RunFacts(identity.name(), clock.instant(), elapsed, identity.configurationSha256(), codeVersion()),
                results,
                curation.videos(identity.name()),
                curation.filterChecks(identity.name(), CheckFiltersPlanner.STEP),
                published.reconstructions(identity.name()),
                published.curves(identity.name(), identity.steps()),
                published.merge(identity.name(), identity.steps()),
                PublishedEvaluation.compare(evaluated),
                EvaluationScores.of(evaluated, identity.drift()),
                BenchmarkCard.of(published.benchmarks(identity.name())),
                preferences,
                studies,
                new LineageEntries(stages, store).of(identity.name(), identity.steps()),
                published.search(identity.name(), identity.steps()));
    }

    private String codeVersion() {
        return identity.steps().stream()
                .flatMap(step -> stages.artifacts(identity.name(), step).stream())
                .reduce((first, second) -> second)
                .map(artifact -> store.manifest(artifact.ref()).codeVersion())
                .orElse("");
    }
}
