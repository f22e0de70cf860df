package dev.mugv.model.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.PlateauRule;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class TrainModelOrderTest {
    private static final VideoShape SHAPE = new VideoShape(64, 64, 16, 8);
    private static final OptimizerConfiguration OPTIMIZER =
            new OptimizerConfiguration(1e-3, 1e-4, 10, 0.9, 0.999, 1e-8, 0.01, 1);

    @Test
    void everyObjectiveComesBackFromItsJson() {
        CaptionDropout dropout = new CaptionDropout(CaptionDropout.Kind.TOKEN, 0.1, 0.5);
        TrainingStage stage = new TrainingStage(
                "proxy",
                40,
                2,
                List.of(new ShapePhase(1, SHAPE)),
                0.5,
                0,
                0.5,
                dropout,
                OPTIMIZER,
                5,
                1,
                ComputePrecision.FP32);
        PreferenceTraining training = new PreferenceTraining(
                "dpo", PreferenceTraining.Loss.DPO, 10, 2, 100, 1, OPTIMIZER, 5, 1, ComputePrecision.BF16);
        for (TrainModelOrder.Objective objective : List.of(
                new TrainModelOrder.FlowMatching(stage, 3),
                new TrainModelOrder.FlowMatching(stage.endedBy(new PlateauRule(3, 0.01, 0.9, 20), 5), 0),
                new TrainModelOrder.Preference(training, SHAPE, 0.5, "labels/x.csv", "0".repeat(64)))) {
            TrainModelOrder order = new TrainModelOrder(
                    new DitSize(72, 4, 64, 32),
                    objective,
                    List.of(new WeightedClip("a", 1.5)),
                    new ValidationGrid(List.of("b"), SHAPE, 4, 3),
                    ParallelMode.FAST);
            assertThat(Json.value(Json.tree(order), TrainModelOrder.class)).isEqualTo(order);
        }
    }

    @Test
    void anObjectiveRecordedBeforeStagesCouldSayHowTheyEndIsRead() {
        TrainingStage stage = new TrainingStage(
                "proxy",
                10,
                2,
                List.of(new ShapePhase(1, SHAPE)),
                0.5,
                0,
                0.5,
                CaptionDropout.NONE,
                OPTIMIZER,
                5,
                1,
                ComputePrecision.FP32);
        TrainModelOrder.Objective objective = new TrainModelOrder.FlowMatching(stage, 3);
        ObjectNode recorded = (ObjectNode) Json.tree(new TrainModelOrder(
                        new DitSize(72, 4, 64, 32),
                        objective,
                        List.of(new WeightedClip("a", 1.5)),
                        new ValidationGrid(List.of("b"), SHAPE, 4, 3),
                        ParallelMode.FAST))
                .path("objective");
        ((ObjectNode) recorded.path("stage")).remove("ends-at-plateau");
        assertThat(TrainModelOrder.objective(recorded)).isEqualTo(objective);
    }

    @Test
    void everyKindOfNoiseComesBackFromItsJson() {
        for (ExpandWidthOrder.SymmetryNoise noise : List.of(
                new ExpandWidthOrder.NoNoise(),
                new ExpandWidthOrder.CancellingNoise(30),
                new ExpandWidthOrder.PlainNoise(40))) {
            ExpandWidthOrder order = new ExpandWidthOrder(2, noise, 1);
            assertThat(Json.value(Json.tree(order), ExpandWidthOrder.class)).isEqualTo(order);
        }
    }
}
