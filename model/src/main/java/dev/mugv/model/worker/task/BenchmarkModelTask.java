package dev.mugv.model.worker.task;

import dev.mugv.model.format.BenchmarkDimension;
import dev.mugv.model.format.BenchmarkModelOrder;
import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelBenchmark.Measured;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code BENCHMARK_MODEL}: the card of VBench's image-to-video dimensions over a checkpoint's videos, and their distance to
 * real ones. */
public final class BenchmarkModelTask implements WorkTask {
    private static final Set<TaskKind> EVALUATIONS = EnumSet.of(TaskKind.EVALUATE_MODEL);

    /**
     * A video of an evaluation.
     *
     * @param sample what the evaluation says of it
     * @param folder of the evaluation
     */
    record Video(ModelEvaluation.Sample sample, Path folder) {
        Path file() {
            return folder.resolve(sample.video());
        }
    }

    @Override
    public void run(TaskContext context) throws IOException {
        BenchmarkModelOrder order = context.parameters(BenchmarkModelOrder.class);
        Map<String, Video> videos = new LinkedHashMap<>();
        String model = read(context, order, videos);
        TorchRuntime runtime = TorchRuntime.start(context.order().threads());
        ModelBenchmark benchmark;
        try (BenchmarkMeasures measures =
                        BenchmarkMeasures.open(order.networks(), context.order().workspace(), runtime);
                DistanceToRealVideos distance =
                        DistanceToRealVideos.open(context, order.real(), videos.values(), runtime)) {
            Findings findings = look(context, videos, measures, distance);
            benchmark = ModelBenchmark.of(
                    order.checkpoint(),
                    model,
                    order.samples(),
                    dimensions(order, findings.scores(), measures),
                    distance.of(findings.features()));
        }
        Files.writeString(context.pendingOutput().resolve(ModelBenchmark.FILE_NAME), Json.pretty(benchmark));
    }

    /** Puts the wanted videos into a map; the hash of the model that made them all. */
    private static String read(TaskContext context, BenchmarkModelOrder order, Map<String, Video> videos) {
        String model = "";
        for (Path folder : TaskInputs.all(context, EVALUATIONS)) {
            ModelEvaluation evaluation = Json.read(folder.resolve(ModelEvaluation.FILE_NAME), ModelEvaluation.class);
            if (!model.isEmpty() && !model.equals(evaluation.modelSha256())) {
                throw new WorkFailure(
                        FailureKind.DEFECT,
                        "Cannot score checkpoint '%s': expected videos of model %s, found some of %s. Report this."
                                .formatted(order.checkpoint(), model, evaluation.modelSha256()));
            }
            model = evaluation.modelSha256();
            evaluation.samples().stream()
                    .filter(sample -> order.samples().contains(sample.sampleId()))
                    .forEach(sample -> videos.put(sample.sampleId(), new Video(sample, folder)));
        }
        for (String id : order.samples()) {
            if (!videos.containsKey(id)) {
                throw new WorkFailure(
                        FailureKind.DEFECT,
                        "Cannot score checkpoint '%s': expected its sample '%s' among %s, found none. Report this."
                                .formatted(order.checkpoint(), id, videos.keySet()));
            }
        }
        return model;
    }

    /** What was measured of every video. */
    private record Findings(Map<BenchmarkDimension, Map<String, Double>> scores, List<float[]> features) {}

    private static Findings look(
            TaskContext context, Map<String, Video> videos, BenchmarkMeasures measures, DistanceToRealVideos distance) {
        Findings findings = new Findings(new EnumMap<>(BenchmarkDimension.class), new ArrayList<>());
        int done = 0;
        for (Video video : videos.values()) {
            if (context.isStopRequested()) {
                throw new StopRequestedException("stopped after %d of %d videos".formatted(done, videos.size()));
            }
            List<RgbFrame> frames = BenchmarkMeasures.frames(video.file());
            findings.features().add(distance.features(frames));
            if (video.sample().conditioning() == Conditioning.FIRST_FRAME) {
                measures.of(video, frames)
                        .forEach((dimension, score) -> findings.scores()
                                .computeIfAbsent(dimension, d -> new TreeMap<>())
                                .put(video.sample().sampleId(), score));
            }
            context.progress(++done, videos.size(), "videos");
        }
        return findings;
    }

    private static List<Measured> dimensions(
            BenchmarkModelOrder order,
            Map<BenchmarkDimension, Map<String, Double>> scores,
            BenchmarkMeasures measures) {
        Map<BenchmarkDimension, Measured> found = new EnumMap<>(BenchmarkDimension.class);
        scores.forEach((dimension, bySample) -> found.put(dimension, measures.measured(dimension, bySample)));
        // What somebody imported is what he wants to see.
        order.imported()
                .forEach(imported -> found.put(
                        imported.dimension(),
                        Measured.of(
                                imported.dimension(),
                                ModelBenchmark.Origin.IMPORTED,
                                "file " + imported.fileSha256().substring(0, 16),
                                imported.scores())));
        return new ArrayList<>(found.values());
    }
}
