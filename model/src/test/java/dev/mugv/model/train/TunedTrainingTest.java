package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.config.AdapterConfiguration.Publication;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.Recomputation;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages that train a part of the model, or adapters, through the whole task. */
class TunedTrainingTest {
    private static final int UPDATES = 12;

    @TempDir
    private Path root;

    private TinyTraining training;
    private Path base;

    @BeforeEach
    void trainAModelToBeginWith() {
        training = new TinyTraining(root);
        base = training.train("base", TinyTraining.order(objective(Tuning.WHOLE, 0)), Map.of());
    }

    @Test
    void frozenPartsStayToTheBitAndTheRestIsTrained() {
        Tuning tuning =
                new Tuning(Recomputation.BLOCK, List.of("t_embedder", "blocks.*.attn", "y_embedder"), Optional.empty());
        Path tuned = tune("frozen", objective(tuning, 0));
        try (SafetensorsFile before = weights(base);
                SafetensorsFile after = weights(tuned)) {
            assertThat(after.names()).isEqualTo(before.names());
            TreeSet<String> same = new TreeSet<>();
            TreeSet<String> frozen = new TreeSet<>();
            for (String name : before.names()) {
                if (java.util.Arrays.equals(before.floats(name), after.floats(name))) {
                    same.add(name);
                }
                if (name.matches("(t_embedder|y_embedder|blocks\\.0\\.attn)\\..*")) {
                    frozen.add(name);
                }
            }
            assertThat(same).isEqualTo(frozen).hasSize(4 + 5 + 6);
        }
    }

    @Test
    void adaptersAreMergedIntoWhatIsPublishedOrKeptApart() {
        Path merged = tune("merged", objective(adapters(Publication.MERGED), 2));
        Path apart = tune("apart", objective(adapters(Publication.APART), 0));
        assertThat(TinyTraining.read(merged, TrainingSummary.FILE_NAME, TrainingSummary.class)
                        .lastValidationLoss())
                .isEqualTo(TinyTraining.read(apart, TrainingSummary.FILE_NAME, TrainingSummary.class)
                        .lastValidationLoss());
        try (SafetensorsFile before = weights(base);
                SafetensorsFile whole = weights(merged);
                SafetensorsFile untouched = weights(apart);
                SafetensorsFile adapters = SafetensorsFile.open(apart.resolve(AdapterFile.WEIGHTS_FILE_NAME))) {
            for (String name : before.names()) {
                assertThat(untouched.floats(name)).as(name).isEqualTo(before.floats(name));
            }
            String layer = "blocks.0.mlp.fc1";
            float[] down = adapters.floats("base_model.model." + layer + ".lora_A.weight");
            float[] up = adapters.floats("base_model.model." + layer + ".lora_B.weight");
            float[] expected = before.floats(layer + ".weight");
            float[] found = whole.floats(layer + ".weight");
            int columns = down.length / 4;
            double moved = 0;
            for (int i = 0; i < found.length; i++) {
                double sum = 0;
                for (int k = 0; k < 4; k++) {
                    sum += up[i / columns * 4 + k] * (double) down[k * columns + i % columns];
                }
                // alpha 8 over rank 4; the sum is rounded to fp32 once.
                assertThat((double) found[i]).isEqualTo((double) (float) (expected[i] + 2 * sum));
                moved = Math.max(moved, Math.abs(sum));
            }
            assertThat(moved).isGreaterThan(1e-4);
            assertThat(whole.floats("blocks.0.attn.q_norm.weight"))
                    .isEqualTo(before.floats("blocks.0.attn.q_norm.weight"));
        }
        ModelDescription description = TinyTraining.read(merged, ModelDescription.FILE_NAME, ModelDescription.class);
        assertThat(description.checkpoints()).hasSize(2);
        Path last = merged.resolve(description.checkpoints().get(1).file());
        assertThat(last).hasSameBinaryContentAs(merged.resolve(ModelDescription.WEIGHTS_FILE_NAME));
    }

    @Test
    void refusesToFreezeWhatIsNotThere() {
        Tuning tuning = new Tuning(Recomputation.NONE, List.of("block.0"), Optional.empty());
        assertThatThrownBy(() -> tune("typo", objective(tuning, 0)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot freeze 'block.0': expected the beginning of a parameter's name");
        Tuning all = new Tuning(
                Recomputation.NONE,
                List.of(
                        "blocks",
                        "start_token",
                        "end_token",
                        "x_embedder",
                        "t_embedder",
                        "fps_embedder",
                        "t_block",
                        "y_embedder",
                        "final_layer"),
                Optional.empty());
        assertThatThrownBy(() -> tune("all", objective(all, 0)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected some parameters to be left, found none");
    }

    private Path tune(String name, TrainModelOrder.Objective objective) {
        return training.train(name, TinyTraining.order(objective), Map.of(TaskKind.TRAIN_MODEL, base));
    }

    private static SafetensorsFile weights(Path folder) {
        return SafetensorsFile.open(folder.resolve(ModelDescription.WEIGHTS_FILE_NAME));
    }

    private static Tuning adapters(Publication publication) {
        return new Tuning(
                Recomputation.SELECTIVE,
                List.of(),
                Optional.of(new AdapterConfiguration(4, 8, AdapterConfiguration.LINEAR_LAYERS, publication)));
    }

    private static TrainModelOrder.Objective objective(Tuning tuning, int keptCheckpoints) {
        TrainingStage stage = TinyTraining.stage(UPDATES, ComputePrecision.FP32);
        return new TrainModelOrder.FlowMatching(
                new TrainingStage(
                        stage.name(),
                        stage.updates(),
                        stage.batch(),
                        stage.phases(),
                        stage.imageShareStart(),
                        stage.imageShareEnd(),
                        stage.firstFrameShare(),
                        stage.captionDropout(),
                        stage.optimizer(),
                        5,
                        stage.seed(),
                        stage.precision(),
                        tuning),
                keptCheckpoints);
    }
}
