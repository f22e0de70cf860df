package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.Batching;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ShapeCost;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.ShapeShare;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DataParallelTest {
    private static final int BATCH = 6;

    @TempDir
    Path folder;

    private TinyTraining tiny;

    @BeforeEach
    void makeShards() {
        tiny = new TinyTraining(folder);
    }

    // 6 samples on 4 ranks: two of them have one sample; on 8 ranks two have none.
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void inExactModeSeveralRanksMakeTheBitsOfOne(int ranks) {
        Path one = train("one", order(8, ParallelMode.EXACT), 1);
        Path several = train("several", order(8, ParallelMode.EXACT), ranks);
        assertThat(weights(several)).isEqualTo(weights(one));
        assertThat(losses(several)).isEqualTo(losses(one)).doesNotContain(Double.NaN);
        assertThat(norms(several)).isEqualTo(norms(one));
    }

    @ParameterizedTest
    @EnumSource
    void batchesOfSeveralShapesThatArePackedByCostMakeTheBitsOfOneRank(Batching.Order order) {
        List<ShapeCost> costs = List.of(
                new ShapeCost(TinyTraining.SMALL, 1),
                new ShapeCost(TinyTraining.LONG, 1.6),
                new ShapeCost(TinyTraining.SMALL.image(), 0.6));
        TrainModelOrder packed = mixed(new Batching(order, costs));
        Path one = train("one", packed, 1);
        Path several = train("several", packed, 4);
        assertThat(weights(several)).isEqualTo(weights(one));
        assertThat(losses(several)).isEqualTo(losses(one)).doesNotContain(Double.NaN);
        assertThat(figures(several, "planned-idle-share").subList(1, 6))
                .doesNotContain(Double.NaN)
                .allMatch(share -> share >= 0 && share < 0.6);
        // Another order of slots draws other noise for a sample: what is shown changes by it.
        assertThat(weights(train("drawn", mixed(new Batching(order, List.of())), 1)))
                .isNotEqualTo(weights(one));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void inFastModeSeveralRanksMakeTheWeightsOfOneWithinRounding(int ranks) {
        Path one = train("one", order(5, ParallelMode.FAST), 1);
        Path several = train("several", order(5, ParallelMode.FAST), ranks);
        requireClose(one, several);
        for (int update = 1; update <= 5; update++) {
            assertThat(losses(several).get(update)).isCloseTo(losses(one).get(update), within(1e-5));
        }
    }

    @Test
    void exactAndFastModeDifferByRoundingAlone() {
        Path fast = train("fast", order(5, ParallelMode.FAST), 1);
        Path exact = train("exact", order(5, ParallelMode.EXACT), 1);
        requireClose(fast, exact);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void whatTwoRanksHaveSavedGoesOnWithTheSameBitsOnOneAndOnFour(int later) {
        TrainModelOrder order = order(12, ParallelMode.EXACT);
        Path whole = train("whole", order, 1);
        RecordingTaskContext first =
                tiny.context("moved", order, Map.of()).withThreadRanks(2).stopAfter(7);
        assertThatThrownBy(() -> TinyTraining.run(first))
                .isInstanceOf(StopRequestedException.class)
                .hasMessageContaining("after update 7 of 12");
        Path moved = train("moved", order, later);
        assertThat(weights(moved)).isEqualTo(weights(whole));
        assertThat(losses(moved)).isEqualTo(losses(whole));
        assertThat(optimizer(folder.resolve("moved"))).isEqualTo(optimizer(folder.resolve("whole")));
    }

    @Test
    void inFastModeAnotherNumberOfRanksIsAnnouncedAndWithinRounding() {
        TrainModelOrder order = order(12, ParallelMode.FAST);
        Path whole = train("whole", order, 1);
        RecordingTaskContext first =
                tiny.context("moved", order, Map.of()).withThreadRanks(2).stopAfter(7);
        assertThatThrownBy(() -> TinyTraining.run(first)).isInstanceOf(StopRequestedException.class);
        RecordingTaskContext second = tiny.context("moved", order, Map.of()).withThreadRanks(3);
        TinyTraining.run(second);
        assertThat(second.lines)
                .anySatisfy(line ->
                        assertThat(line).contains("ranks=2").contains("ranks=3").contains("its last bits may differ"));
        requireClose(whole, second.pendingOutput());
    }

    @Test
    void aNanIsSeenByAllRanksAndNamed() {
        tiny.writeShard(List.of("a", "b", "c", "held"), (clip, shape) -> {
            FloatBuffer latent = TinyTraining.latent(clip, shape);
            // Finite, but not what it becomes of: all ranks must stop, though only one sees an infinite gradient.
            return clip.equals("b") ? latent.put(0, 3e38f).put(1, -3e38f) : latent;
        });
        assertThatThrownBy(() -> train("nan", order(8, ParallelMode.EXACT), 2))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.DIVERGED))
                .hasMessageContaining("is not finite");
    }

    @Test
    void aRankThatFailsEndsTheOthersAtOnceAndItsFailureIsTold() {
        RecordingTaskContext superseded = tiny.context("superseded", order(12, ParallelMode.EXACT), Map.of())
                .withThreadRanks(4)
                .supersede();
        assertThatThrownBy(() -> TinyTraining.run(superseded))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.OUTCOME_UNKNOWN))
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(3));
        assertThat(superseded.pendingOutput()).isEmptyDirectory();
    }

    @Test
    void threeRanksAreRefusedInExactMode() {
        assertThatThrownBy(() -> train("three", order(2, ParallelMode.EXACT), 3))
                .hasMessageContaining("expected a power of two");
    }

    private Path train(String name, TrainModelOrder order, int ranks) {
        RecordingTaskContext context = tiny.context(name, order, Map.of()).withThreadRanks(ranks);
        TinyTraining.run(context);
        return context.pendingOutput();
    }

    private static TrainModelOrder mixed(Batching batching) {
        ShapePhase phase = new ShapePhase(1, TinyTraining.SMALL, List.of(new ShapeShare(0.4, TinyTraining.LONG)));
        TrainingStage stage = new TrainingStage(
                        "mixed",
                        5,
                        BATCH,
                        List.of(phase),
                        0.3,
                        0.3,
                        0.5,
                        CaptionDropout.NONE,
                        TinyTraining.OPTIMIZER,
                        4,
                        5,
                        ComputePrecision.FP32)
                .withBatching(batching);
        return new TrainModelOrder(
                TinyTraining.SIZE,
                new TrainModelOrder.FlowMatching(stage, 0),
                TinyTraining.TRAINING_CLIPS,
                TinyTraining.GRID,
                ParallelMode.EXACT);
    }

    private static TrainModelOrder order(int updates, ParallelMode mode) {
        TrainingStage stage = new TrainingStage(
                "tiny",
                updates,
                BATCH,
                List.of(new ShapePhase(0.5, TinyTraining.SMALL), new ShapePhase(1, TinyTraining.LONG)),
                0.6,
                0.2,
                0.5,
                new CaptionDropout(CaptionDropout.Kind.SAMPLE, 0.2, 0.2),
                TinyTraining.OPTIMIZER,
                4,
                5,
                ComputePrecision.FP32);
        return new TrainModelOrder(
                TinyTraining.SIZE,
                new TrainModelOrder.FlowMatching(stage, 0),
                TinyTraining.TRAINING_CLIPS,
                TinyTraining.GRID,
                mode);
    }

    private static String weights(Path output) {
        return Sha256.ofFile(output.resolve("model.safetensors"));
    }

    /** Hashes of whole tensors, which do not depend on who wrote their parts. */
    private static List<String> optimizer(Path place) {
        JsonNode manifest = Json.read(place.resolve("durable/update-00000012/manifest.json"), JsonNode.class);
        List<String> hashes = new ArrayList<>();
        manifest.path("tensors")
                .properties()
                .forEach(tensor -> hashes.add(
                        tensor.getKey() + " " + tensor.getValue().path("sha256").asString()));
        assertThat(hashes).hasSizeGreaterThan(3);
        return hashes;
    }

    private static List<Double> losses(Path output) {
        return figures(output, MetricsLine.LOSS);
    }

    private static List<Double> norms(Path output) {
        return figures(output, "gradient-norm");
    }

    /** Of the updates, behind the validation's before the first. */
    private static List<Double> figures(Path output, String figure) {
        List<MetricsLine> lines = MetricsLine.readAll(output.resolve(MetricsLine.FILE_NAME));
        return lines.stream()
                .map(line -> line.figures()
                        .getOrDefault(figure, line.figures().getOrDefault(MetricsLine.VALIDATION_LOSS, Double.NaN)))
                .toList();
    }

    /**
     * All weights together, by their Euclidean distance: AdamW divides by the root of a gradient's mean square, so a gradient that
     * is nearly all rounding moves its own weight by as much as any other.
     */
    private static void requireClose(Path expected, Path found) {
        double norm = 0;
        double distance = 0;
        try (SafetensorsFile left = SafetensorsFile.open(expected.resolve("model.safetensors"));
                SafetensorsFile right = SafetensorsFile.open(found.resolve("model.safetensors"))) {
            for (String name : left.names()) {
                float[] one = left.floats(name);
                float[] other = right.floats(name);
                for (int i = 0; i < one.length; i++) {
                    norm += (double) one[i] * one[i];
                    distance += ((double) one[i] - other[i]) * ((double) one[i] - other[i]);
                }
            }
        }
        assertThat(Math.sqrt(distance / norm)).isLessThan(1e-5);
    }
}
