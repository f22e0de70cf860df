package dev.mugv.model.worker.task;

import dev.mugv.model.curation.AestheticScorer;
import dev.mugv.model.curation.ClassicalAestheticScorer;
import dev.mugv.model.curation.PictureModelScores;
import dev.mugv.model.curation.TorchScriptAestheticScorer;
import dev.mugv.model.curation.planted.PlantedMeasurement;
import dev.mugv.model.format.CheckFiltersOrder;
import dev.mugv.model.format.CheckFiltersOrder.GivenVideo;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.FilterChecks;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code CHECK_FILTERS}: what one group of filters makes of a planted set. */
public final class CheckFiltersTask implements WorkTask {
    @Override
    public void run(TaskContext context) throws IOException {
        CheckFiltersOrder order = context.parameters(CheckFiltersOrder.class);
        int threads = context.order().threads();
        try (AestheticScorer scorer = scorer(context, order);
                PictureModelScores models = PictureModelScores.open(
                        order.rules().models(),
                        file -> context.order().workspace().resolve(file),
                        threads)) {
            PlantedMeasurement measurement =
                    new PlantedMeasurement(order.settings(), order.rules(), scorer, models, threads);
            Path output = context.pendingOutput();
            FilterChecks checks = measurement.measure(
                    order.group(),
                    candidates(context, order, measurement),
                    output.resolve(CheckFiltersOrder.PLANTED_FOLDER),
                    videos -> report(context, videos));
            Files.writeString(output.resolve(FilterChecks.FILE_NAME), Json.pretty(checks));
            if (checks.clips() < order.settings().clips()) {
                context.log("only %d clean clips that resemble none of the others, of at most %d"
                        .formatted(checks.clips(), order.settings().clips()));
            }
        }
    }

    private static void report(TaskContext context, int videos) {
        context.progress(videos, videos, "videos");
        if (context.isStopRequested()) {
            throw new StopRequestedException("stopped after " + videos + " planted videos; they are planted again");
        }
    }

    private static List<ClipSource> candidates(
            TaskContext context, CheckFiltersOrder order, PlantedMeasurement measurement) {
        Path workspace = context.order().workspace();
        List<ClipSource> candidates = new ArrayList<>(
                order.clips().stream().map(clip -> clip.within(workspace)).toList());
        for (GivenVideo given : order.given()) {
            candidates.addAll(measurement.soundClips(
                    workspace.resolve(given.file()),
                    given.sha256(),
                    context.pendingOutput().resolve("pictures")));
        }
        return candidates;
    }

    private static AestheticScorer scorer(TaskContext context, CheckFiltersOrder order) {
        return order.rules()
                .aestheticModel()
                .<AestheticScorer>map(file -> TorchScriptAestheticScorer.open(
                        context.order().workspace().resolve(file),
                        context.order().threads()))
                .orElseGet(ClassicalAestheticScorer::new);
    }
}
