package dev.mugv.steps.evaluation;

import dev.mugv.model.config.BenchmarkConfiguration;
import dev.mugv.model.config.EvaluationConfiguration;
import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.BenchmarkModelOrder;
import dev.mugv.model.format.BenchmarkModelOrder.ImportedScores;
import dev.mugv.model.format.BenchmarkModelOrder.RealVideos;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.GivenFile;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.ContentLinks;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkPlanner;
import dev.mugv.steps.work.WorkResources;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plans the cards of the evaluated checkpoints, over the same samples for all. */
public final class BenchmarkModelPlanner implements WorkPlanner {
    public static final String STEP = "benchmark-models";

    private final EvaluationConfiguration evaluation;
    private final BenchmarkConfiguration benchmark;
    private final List<EvaluatedCheckpoint> checkpoints;
    private final EvaluationItems items;
    private final Sources sources;
    private final WorkResources resources;

    public BenchmarkModelPlanner(
            EvaluationConfiguration evaluation,
            List<EvaluatedCheckpoint> checkpoints,
            EvaluationItems items,
            Sources sources,
            WorkResources resources) {
        this.evaluation = evaluation;
        this.benchmark = evaluation.benchmark();
        this.checkpoints = List.copyOf(checkpoints);
        this.items = items;
        this.sources = sources;
        this.resources = resources;
    }

    /**
     * Where evaluations and given files are found.
     *
     * @param run name of the run
     * @param links names by content
     */
    public record Sources(StageCatalog stages, String run, ContentLinks links) {
        /** Evaluations of a checkpoint. */
        List<ArtifactRef> evaluations(String checkpoint) {
            List<ArtifactRef> found = stages.artifacts(run, EvaluateModelPlanner.STEP).stream()
                    .filter(artifact -> EarlierEvaluations.isOf(checkpoint, artifact.label()))
                    .map(StageArtifact::ref)
                    .toList();
            if (found.isEmpty()) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot plan '%s' of run '%s': checkpoint '%s' has not been evaluated. Run job 'evaluate'."
                                .formatted(STEP, run, checkpoint));
            }
            return found;
        }
    }

    @Override
    public List<WorkItem> plan() {
        List<GenerationItem> asked = items.items();
        List<String> samples = asked.stream().map(item -> item.sampleId(0)).toList();
        List<String> scored = asked.stream()
                .filter(item -> item.conditioning() == Conditioning.FIRST_FRAME)
                .map(item -> item.sampleId(0))
                .toList();
        requireKnownCheckpoints();
        Map<BenchmarkDimension, GivenFile> networks = networks();
        RealVideos real = new RealVideos(
                evaluation.shape(), items.realVideos(), benchmark.videoEncoder().map(this::given));
        return checkpoints.stream()
                .map(EvaluatedCheckpoint::name)
                .map(checkpoint -> {
                    BenchmarkModelOrder order =
                            new BenchmarkModelOrder(checkpoint, samples, networks, imported(checkpoint, scored), real);
                    return new WorkItem(
                            checkpoint,
                            TaskKind.BENCHMARK_MODEL,
                            Json.tree(order),
                            sources.evaluations(checkpoint),
                            resources);
                })
                .toList();
    }

    private Map<BenchmarkDimension, GivenFile> networks() {
        Map<BenchmarkDimension, GivenFile> networks = new EnumMap<>(BenchmarkDimension.class);
        benchmark
                .networks()
                .forEach(network -> networks.put(
                        BenchmarkDimension.valueOf(network.dimension().name()), given(network.file())));
        return networks;
    }

    private GivenFile given(Path file) {
        ContentLinks.Named named = sources.links().name(file);
        return new GivenFile(named.path(), named.sha256());
    }

    private List<ImportedScores> imported(String checkpoint, List<String> scored) {
        List<ImportedScores> all = benchmark.imported().stream()
                .filter(imported -> imported.checkpoint().equals(checkpoint))
                .flatMap(imported -> BenchmarkResultsFile.read(imported.file(), scored).stream())
                .toList();
        Set<BenchmarkDimension> seen = EnumSet.noneOf(BenchmarkDimension.class);
        all.stream()
                .map(ImportedScores::dimension)
                .filter(dimension -> !seen.add(dimension))
                .findFirst()
                .ifPresent(dimension -> {
                    throw new WorkFailure(
                            FailureKind.INVALID_REQUEST,
                            "Cannot import scores of checkpoint '%s': expected one file with '%s', found two. Correct 'evaluate.benchmark.imported'."
                                    .formatted(checkpoint, dimension.vbenchName()));
                });
        return all;
    }

    private void requireKnownCheckpoints() {
        List<String> known = checkpoints.stream().map(EvaluatedCheckpoint::name).toList();
        benchmark.imported().stream()
                .map(BenchmarkConfiguration.Imported::checkpoint)
                .filter(checkpoint -> !known.contains(checkpoint))
                .findFirst()
                .ifPresent(checkpoint -> {
                    throw new WorkFailure(
                            FailureKind.INVALID_REQUEST,
                            "Cannot import scores of checkpoint '%s': expected one of %s. Correct 'evaluate.benchmark.imported'."
                                    .formatted(checkpoint, known));
                });
    }
}
