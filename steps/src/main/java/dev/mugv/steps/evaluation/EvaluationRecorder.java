package dev.mugv.steps.evaluation;

import dev.mugv.model.format.ModelBenchmark;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.VaeEvaluation;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.steps.catalog.StageCatalog;
import dev.mugv.steps.catalog.StageCatalog.StageArtifact;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkRecorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Notes evaluations and the figures that a summary shows of them. */
public final class EvaluationRecorder implements WorkRecorder {
    private final StageCatalog stages;
    private final String run;
    private final String step;

    public EvaluationRecorder(StageCatalog stages, String run, String step) {
        this.stages = stages;
        this.run = run;
        this.step = step;
    }

    @Override
    public void record(int position, WorkItem item, ArtifactRef artifact, Path folder) {
        stages.put(run, step, position, new StageArtifact(item.label(), artifact));
        Path vae = folder.resolve(VaeEvaluation.FILE_NAME);
        if (Files.exists(vae)) {
            VaeEvaluation evaluation = Json.read(vae, VaeEvaluation.class);
            stages.putFigures(run, step, Map.of("psnr", evaluation.psnr(), "ssim", evaluation.ssim()));
        }
        Path model = folder.resolve(ModelEvaluation.FILE_NAME);
        if (Files.exists(model)) {
            Json.read(model, ModelEvaluation.class).losses().stream()
                    .mapToDouble(ModelEvaluation.GridLoss::loss)
                    .average()
                    .ifPresent(loss -> stages.putFigures(run, step, Map.of(item.label() + "-validation-loss", loss)));
        }
        Path card = folder.resolve(ModelBenchmark.FILE_NAME);
        if (Files.exists(card)) {
            Json.read(card, ModelBenchmark.class)
                    .totals()
                    .total()
                    .ifPresent(total -> stages.putFigures(run, step, Map.of(item.label() + "-total", total)));
        }
    }
}
