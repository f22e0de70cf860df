package dev.mugv.steps.evaluation;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.VaeEvaluation;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.report.EvaluationScores;
import dev.mugv.steps.report.LossCurve;
import dev.mugv.steps.report.PreferenceResult;
import dev.mugv.steps.report.PublishedEvaluation;
import dev.mugv.steps.report.Reconstruction;
import dev.mugv.steps.report.ReportContent;
import dev.mugv.steps.report.ReportContent.RunFacts;
import dev.mugv.steps.report.StageResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
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
     */
    public record RunIdentity(String name, String configurationSha256, List<String> steps) {
        public RunIdentity {
            steps = List.copyOf(steps);
        }
    }

    /**
     * The content of the report.
     *
     * @param results one a step
     * @param preferences how samples were labelled, if the run aligned a model
     */
    public ReportContent assemble(List<StageResult> results, Optional<PreferenceResult> preferences) {
        List<PublishedEvaluation> evaluated = evaluated();
        Duration elapsed = results.stream().map(StageResult::elapsed).reduce(Duration.ZERO, Duration::plus);
        return new ReportContent(
                new RunFacts(identity.name(), clock.instant(), elapsed, identity.configurationSha256(), codeVersion()),
                results,
                curation.videos(identity.name()),
                reconstructions(),
                curves(),
                PublishedEvaluation.compare(evaluated),
                EvaluationScores.table(
                        evaluated.stream().map(PublishedEvaluation::evaluation).toList()),
                preferences,
                new LineageEntries(stages, store).of(identity.name(), identity.steps()));
    }

    private List<PublishedEvaluation> evaluated() {
        return stages.artifacts(identity.name(), EvaluateModelPlanner.STEP).stream()
                .map(artifact -> folder(artifact.ref()))
                .map(folder -> new PublishedEvaluation(
                        Json.read(folder.resolve(ModelEvaluation.FILE_NAME), ModelEvaluation.class), folder))
                .toList();
    }

    private List<Reconstruction> reconstructions() {
        List<Reconstruction> reconstructions = new ArrayList<>();
        for (StageArtifact artifact : stages.artifacts(identity.name(), EvaluateVaePlanner.STEP)) {
            Path folder = folder(artifact.ref());
            VaeEvaluation evaluation = Json.read(folder.resolve(VaeEvaluation.FILE_NAME), VaeEvaluation.class);
            evaluation
                    .clips()
                    .forEach(clip -> reconstructions.add(
                            new Reconstruction(clip.clipId(), folder.resolve(clip.sheet()), clip.psnr(), clip.ssim())));
        }
        return reconstructions;
    }

    private List<LossCurve> curves() {
        List<LossCurve> curves = new ArrayList<>();
        for (String step : identity.steps()) {
            stages.findSingle(identity.name(), step)
                    .map(ref -> folder(ref).resolve(MetricsLine.FILE_NAME))
                    .filter(Files::exists)
                    .ifPresent(metrics -> curves.add(LossCurve.read(step, "loss", metrics)));
        }
        return curves;
    }

    private String codeVersion() {
        return identity.steps().stream()
                .flatMap(step -> stages.artifacts(identity.name(), step).stream())
                .reduce((first, second) -> second)
                .map(artifact -> store.manifest(artifact.ref()).codeVersion())
                .orElse("");
    }

    private Path folder(ArtifactRef ref) {
        return store.open(ref);
    }
}
