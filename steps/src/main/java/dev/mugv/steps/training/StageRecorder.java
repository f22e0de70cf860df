package dev.mugv.steps.training;

import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.WidthExpansion;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Notes the artifact of a stage and the figures that it brought: losses of a training, differences of an expansion. */
public final class StageRecorder implements WorkRecorder {
    private static final String SUMMARY_FILE_NAME = "summary.json";

    private final StageCatalog stages;
    private final String run;
    private final String step;

    public StageRecorder(StageCatalog stages, String run, String step) {
        this.stages = stages;
        this.run = run;
        this.step = step;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        stages.put(run, step, position, new StageArtifact(item.label(), artifact));
        SortedMap<String, Double> figures = new TreeMap<>();
        Path summary = folder.resolve(SUMMARY_FILE_NAME);
        if (Files.exists(summary)) {
            figures.putAll(figures(Json.read(summary, TrainingSummary.class)));
        }
        Path expansion = folder.resolve(WidthExpansion.FILE_NAME);
        if (Files.exists(expansion)) {
            WidthExpansion evidence = Json.read(expansion, WidthExpansion.class);
            figures.put("difference-before-noise", evidence.differenceBeforeNoise());
            figures.put("difference-after-noise", evidence.differenceAfterNoise());
        }
        Path merge = folder.resolve(CheckpointMerge.FILE_NAME);
        if (Files.exists(merge)) {
            Json.read(merge, CheckpointMerge.class)
                    .candidates()
                    .forEach(candidate ->
                            figures.put("validation-loss-of-" + candidate.name(), candidate.validationLoss()));
        }
        stages.putFigures(run, step, figures);
    }

    private static Map<String, Double> figures(TrainingSummary summary) {
        SortedMap<String, Double> figures = new TreeMap<>(summary.more());
        figures.put("updates", (double) summary.updates());
        figures.put("first-validation-loss", summary.firstValidationLoss());
        figures.put("last-validation-loss", summary.lastValidationLoss());
        figures.put("first-training-loss", summary.firstTrainingLoss());
        figures.put("last-training-loss", summary.lastTrainingLoss());
        figures.put("seconds-per-update", summary.secondsPerUpdate());
        return figures;
    }
}
