package dev.mugv.steps.evaluation;

import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.HyperParameterSearch;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.PlateauLooks;
import dev.mugv.model.format.VaeEvaluation;
import dev.mugv.model.format.ValidationCells;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.report.LossCurve;
import dev.mugv.steps.report.PublishedEvaluation;
import dev.mugv.steps.report.Reconstruction;
import dev.mugv.steps.report.ReconstructionResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What trainings and evaluations of a run have left, from the artifacts that its stages consist of. */
public final class EvaluationResults {
    private final StageCatalog stages;
    private final ArtifactFolders folders;

    public EvaluationResults(StageCatalog stages, ArtifactFolders folders) {
        this.stages = stages;
        this.folders = folders;
    }

    /**
     * Evaluations of models, in the order of their plan. An element keeps samples of prompts that have changed since; of a checkpoint
     * that has a card, only what that was asked for is shown.
     */
    public List<PublishedEvaluation> evaluated(String run) {
        Map<String, List<String>> asked =
                benchmarks(run).stream().collect(Collectors.toMap(ModelBenchmark::checkpoint, ModelBenchmark::samples));
        return stages.artifacts(run, EvaluateModelPlanner.STEP).stream()
                .map(artifact -> folders.of(artifact.ref()))
                .map(folder -> new PublishedEvaluation(
                        asked(Json.read(folder.resolve(ModelEvaluation.FILE_NAME), ModelEvaluation.class), asked),
                        cells(folder.resolve(ValidationCells.FILE_NAME)),
                        originals(folder.resolve(EvaluateModelOrder.FILE_NAME)),
                        folder))
                .toList();
    }

    private static Map<String, String> originals(Path order) {
        return Files.exists(order)
                ? Json.read(order, EvaluateModelOrder.class).items().stream()
                        .filter(item -> item.rewriting().isPresent())
                        .collect(Collectors.toMap(
                                GenerationItem::name,
                                item -> item.rewriting().orElseThrow().original()))
                : Map.of();
    }

    private static Optional<ValidationCells> cells(Path file) {
        return Files.exists(file) ? Optional.of(Json.read(file, ValidationCells.class)) : Optional.empty();
    }

    private static ModelEvaluation asked(ModelEvaluation evaluation, Map<String, List<String>> byCheckpoint) {
        List<String> asked = byCheckpoint.get(evaluation.checkpoint());
        if (asked == null) {
            return evaluation;
        }
        return new ModelEvaluation(
                evaluation.checkpoint(),
                evaluation.modelSha256(),
                evaluation.losses(),
                evaluation.samples().stream()
                        .filter(sample -> asked.contains(sample.sampleId()))
                        .toList());
    }

    /** Cards of models, in the order of their plan. */
    public List<ModelBenchmark> benchmarks(String run) {
        return stages.artifacts(run, BenchmarkModelPlanner.STEP).stream()
                .map(artifact ->
                        Json.read(folders.of(artifact.ref()).resolve(ModelBenchmark.FILE_NAME), ModelBenchmark.class))
                .toList();
    }

    /** How well the VideoVAE reconstructs the clips that it was evaluated on. */
    public ReconstructionResult reconstructions(String run) {
        List<Reconstruction> clips = new ArrayList<>();
        List<ReconstructionResult.Resolution> resolutions = new ArrayList<>();
        for (StageArtifact artifact : stages.artifacts(run, EvaluateVaePlanner.STEP)) {
            Path folder = folders.of(artifact.ref());
            VaeEvaluation evaluation = Json.read(folder.resolve(VaeEvaluation.FILE_NAME), VaeEvaluation.class);
            evaluation
                    .clips()
                    .forEach(clip -> clips.add(
                            new Reconstruction(clip.clipId(), folder.resolve(clip.sheet()), clip.psnr(), clip.ssim())));
            evaluation
                    .resolutions()
                    .forEach(each -> resolutions.add(new ReconstructionResult.Resolution(
                            each.shape().label(), each.clips(), each.psnr(), each.ssim(), each.perceptual())));
        }
        return new ReconstructionResult(resolutions, clips);
    }

    /** Which weights became the finetuned model, if one of some steps chose them. */
    public Optional<CheckpointMerge> merge(String run, List<String> steps) {
        return steps.stream()
                .flatMap(step -> stages.findSingle(run, step).stream())
                .map(ref -> folders.of(ref).resolve(CheckpointMerge.FILE_NAME))
                .filter(Files::exists)
                .findFirst()
                .map(file -> Json.read(file, CheckpointMerge.class));
    }

    /** Losses of the trainings among some steps. */
    public List<LossCurve> curves(String run, List<String> steps) {
        List<LossCurve> curves = new ArrayList<>();
        for (String step : steps) {
            stages.findSingle(run, step)
                    .map(folders::of)
                    .filter(folder -> Files.exists(folder.resolve(MetricsLine.FILE_NAME)))
                    .ifPresent(folder -> curves.add(LossCurve.read(step, "loss", folder.resolve(MetricsLine.FILE_NAME))
                            .remarked(plateau(folder))));
        }
        return curves;
    }

    /** What a search of hyper-parameters among some steps tried and found. */
    public Optional<HyperParameterSearch> search(String run, List<String> steps) {
        return steps.stream()
                .flatMap(step -> stages.artifacts(run, step).stream())
                .filter(artifact -> artifact.ref().task() == TaskKind.CHOOSE_TRIAL)
                .findFirst()
                .map(artifact -> Json.read(
                        folders.of(artifact.ref()).resolve(HyperParameterSearch.FILE_NAME),
                        HyperParameterSearch.class));
    }

    /** What the plateau rule of a training saw, by its folder; nothing where it has none. */
    private static String plateau(Path folder) {
        Path file = folder.resolve(PlateauLooks.FILE_NAME);
        return Files.exists(file) ? Json.read(file, PlateauLooks.class).sentence() : "";
    }
}
