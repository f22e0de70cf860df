package dev.mugv.steps.evaluation;

import static dev.mugv.steps.training.CatalogedRun.BEST;
import static dev.mugv.steps.training.CatalogedRun.KEPT;
import static dev.mugv.steps.training.CatalogedRun.RESOURCES;
import static dev.mugv.steps.training.CatalogedRun.SHAPE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.AlignmentConfiguration;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.PreferenceLabelSource;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.ReversalConfiguration;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.format.GeneratePreferencesOrder;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.ReverseSampleOrder;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.alignment.GeneratePreferencesPlanner;
import dev.mugv.steps.alignment.ReverseSamplePlanner;
import dev.mugv.steps.training.VaePlanner;
import dev.mugv.steps.work.WorkItem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Samples that preferences are asked about, generated and by reverse sampling. */
class SamplePlannersTest extends EncodedRun {
    @Test
    void preferencesAreSampledFromTrainingClipsByPictureAndByCaptionInTurns() {
        run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        List<GenerationItem> items = preferencePlanner(6).plan().stream()
                .flatMap(item -> Json.value(item.parameters(), GeneratePreferencesOrder.class).items().stream())
                .toList();
        assertThat(items).extracting(GenerationItem::name).containsExactly(KEPT, BEST, KEPT, BEST);
        assertThat(items).extracting(item -> item.firstFrameOf().isPresent()).containsExactly(true, false, false, true);
        assertThat(items.get(1).prompt()).isEqualTo("A bridge.");
    }

    @Test
    void pairsByReverseSamplingAreOfTrainingClipsAndThePresentModel() {
        ArtifactRef model = run.done("align-pairs", TaskKind.TRAIN_MODEL, 0);
        AlignmentConfiguration alignment = alignment(4);
        WorkItem item = new ReverseSamplePlanner(
                        alignment,
                        new ReverseSamplePlanner.Subject("reverse-physics", run.inputs(), "align-pairs"),
                        run.clips(),
                        run.captions(),
                        RESOURCES)
                .plan()
                .get(0);
        ReverseSampleOrder order = Json.value(item.parameters(), ReverseSampleOrder.class);
        assertThat(order.items()).extracting(ReverseSampleOrder.Item::clipId).containsExactly(KEPT, BEST);
        assertThat(order.items())
                .extracting(ReverseSampleOrder.Item::conditionedFrames)
                .containsExactly(1, 0);
        assertThat(item.inputs()).contains(model);
    }

    @Test
    void sharesOfTheSamplesAreOfFourItems() {
        run.done("finetune", TaskKind.TRAIN_MODEL, 0);
        assertThat(preferencePlanner(3).plan()).hasSize(1);
        assertThat(preferencePlanner(4).plan()).extracting(WorkItem::label).containsExactly("samples-0");
    }

    private GeneratePreferencesPlanner preferencePlanner(int prompts) {
        AlignmentConfiguration alignment = alignment(prompts);
        GeneratePreferencesPlanner.Sources sources =
                new GeneratePreferencesPlanner.Sources(run.inputs(), latents(), TEXT, "finetune", VaePlanner.STEP);
        return new GeneratePreferencesPlanner(alignment, sources, run.clips(), run.captions(), RESOURCES);
    }

    private static AlignmentConfiguration alignment(int prompts) {
        return new AlignmentConfiguration(
                new PreferenceLabelSource.Rule(),
                prompts,
                2,
                SHAPE,
                0.5,
                new SamplerConfiguration(2, 1, "", 1),
                new ReversalConfiguration(2, 4, 0.5, 1),
                List.of(stage()));
    }

    private static PreferenceTraining stage() {
        return new PreferenceTraining(
                "pairs",
                PreferenceTraining.Loss.DPO,
                1,
                1,
                1,
                0,
                new OptimizerConfiguration(1e-4, 1e-5, 1, 0.9, 0.999, 1e-10, 0, 1),
                1,
                1,
                ComputePrecision.FP32);
    }
}
