package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.checkpoint.Retention;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.SpikeRules;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingLoopTest {
    private static final int UPDATES = 40;
    private static final OptimizerConfiguration OPTIMIZER =
            new OptimizerConfiguration(0.1, 0.01, 4, 0.9, 0.999, 1e-8, 0, 1);
    private static final TrainingPlan PLAN = new TrainingPlan(
            "quadratic", UPDATES, 2, OPTIMIZER, new Retention(2, 10), Map.of(), "code", Map.of("threads", "1"));

    @TempDir
    Path folder;

    private NDManager scope;

    @BeforeEach
    void startEngine() {
        scope = TorchRuntime.start(1).newScope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void trainsAndSaysHowItWent() {
        RecordingTaskContext context = context("a");
        TrainingSummary summary = train(context, new Quadratic(scope));
        assertThat(summary.lastValidationLoss()).isLessThan(summary.firstValidationLoss() / 4);
        assertThat(summary.lastTrainingLoss()).isLessThan(summary.firstTrainingLoss());
        assertThat(summary.more()).containsEntry("distance", summary.lastValidationLoss());
        List<MetricsLine> lines = MetricsLine.readAll(context.pendingOutput().resolve(MetricsLine.FILE_NAME));
        assertThat(lines).hasSize(UPDATES + 1);
        assertThat(lines.get(3).figures())
                .containsOnlyKeys(
                        "loss",
                        "gradient-norm",
                        "learning-rate",
                        "tokens-per-second",
                        "flops-per-second",
                        "seconds-per-update",
                        "compute-share",
                        "communication-share",
                        "data-share",
                        "checkpoint-share",
                        "idle-share");
        assertThat(lines.get(0).figure("validation-loss")).isEqualTo(summary.firstValidationLoss());
    }

    @Test
    void aRunKilledAtAnyUpdateEndsWithTheSameBits() throws IOException {
        Quadratic whole = new Quadratic(scope);
        train(context("whole"), whole);
        for (int killedAt : new int[] {1, 9, 10, 11, 25, UPDATES}) {
            Path place = folder.resolve("killed-" + killedAt);
            Quadratic first = new Quadratic(scope);
            first.dieAt = killedAt;
            assertThatThrownBy(() -> train(contextIn(place), first)).hasMessage("killed");
            removeOutput(place);
            Quadratic second = new Quadratic(scope);
            train(contextIn(place), second);
            assertThat(second.parameters().sha256())
                    .isEqualTo(whole.parameters().sha256());
            assertThat(losses(place)).isEqualTo(losses(folder.resolve("whole")));
        }
    }

    @Test
    void aStopIsFollowedByACheckpointAndTheSameBits() throws IOException {
        Quadratic whole = new Quadratic(scope);
        train(context("whole"), whole);
        Path place = folder.resolve("stopped");
        Quadratic first = new Quadratic(scope);
        assertThatThrownBy(() -> train(contextIn(place).stopAfter(13), first))
                .isInstanceOf(StopRequestedException.class)
                .hasMessageContaining("after update 13 of 40");
        assertThat(first.lastUpdate).isEqualTo(13);
        removeOutput(place);
        Quadratic second = new Quadratic(scope);
        train(contextIn(place), second);
        assertThat(second.firstUpdate).isEqualTo(14);
        assertThat(second.parameters().sha256()).isEqualTo(whole.parameters().sha256());
        assertThat(losses(place)).isEqualTo(losses(folder.resolve("whole")));
        assertThat(names(place.resolve("durable"))).isEqualTo(names(folder.resolve("whole/durable")));
    }

    @Test
    void stepsBackPastADamagedCheckpoint() throws IOException {
        Quadratic whole = new Quadratic(scope);
        train(context("whole"), whole);
        Path place = folder.resolve("damaged");
        Quadratic first = new Quadratic(scope);
        first.dieAt = 25;
        assertThatThrownBy(() -> train(contextIn(place), first)).hasMessage("killed");
        Files.writeString(place.resolve("durable/update-00000020/model.safetensors"), "no tensors");
        Quadratic second = new Quadratic(scope);
        train(contextIn(place), second);
        assertThat(second.firstUpdate).isEqualTo(11);
        assertThat(second.parameters().sha256()).isEqualTo(whole.parameters().sha256());
    }

    @Test
    void aNonFiniteGradientStopsTheRunNamingTensorUpdateAndSamples() {
        Quadratic model = new Quadratic(scope);
        model.poisonAt = 17;
        assertThatThrownBy(() -> train(context("a"), model))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.DIVERGED))
                .hasMessageContaining("the gradient of 'second' holds NaN at element 2")
                .hasMessageContaining("update 17")
                .hasMessageContaining("samples clip-17");
        // What was saved before is still there, and the poisoned update was not applied.
        assertThat(Files.exists(folder.resolve("a/durable/update-00000010/manifest.json")))
                .isTrue();
        assertThat(Float.isFinite(model.parameters().values("second").get(2))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = SpikeRules.Policy.class, mode = EnumSource.Mode.EXCLUDE, names = "OFF")
    void aSpikeIsTreatedByThePolicyAndARunKilledAnywhereEndsWithTheSameBits(SpikeRules.Policy policy)
            throws IOException {
        TrainingPlan plan = watched(policy);
        Quadratic whole = new Quadratic(scope);
        whole.spikeAt = 27;
        train(context("whole"), plan, whole);
        Map<String, Double> spiked = MetricsLine.readAll(folder.resolve("whole/output/metrics.jsonl"))
                .get(27)
                .figures();
        switch (policy) {
            case OFF -> throw new IllegalStateException("excluded");
            case CLIP -> assertThat(spiked.get("spike-scale")).isBetween(0.0, 0.01);
            case SKIP -> assertThat(spiked).containsEntry("spike-scale", 0.0);
            // Back to 20, and on with batch 28: the last update shows batch 47.
            case REWIND -> {
                assertThat(spiked).doesNotContainKey("spike-scale");
                assertThat(whole.lastUpdate).isEqualTo(47);
            }
        }
        List<TrainingEvent.Kind> kinds = TrainingEvent.readAll(folder.resolve("whole/durable")).stream()
                .map(TrainingEvent::kind)
                .toList();
        assertThat(kinds).startsWith(TrainingEvent.Kind.SPIKE).hasSize(policy == SpikeRules.Policy.REWIND ? 2 : 1);
        assertThat(Files.exists(folder.resolve("whole/durable/black-box-0.json")))
                .isTrue();
        for (int killedAt : new int[] {15, 27, 28, 29, 33}) {
            Path place = folder.resolve("killed-" + killedAt);
            Quadratic first = new Quadratic(scope);
            first.spikeAt = 27;
            first.dieAt = killedAt;
            assertThatThrownBy(() -> train(contextIn(place), plan, first)).hasMessage("killed");
            Quadratic second = new Quadratic(scope);
            second.spikeAt = 27;
            train(contextIn(place), plan, second);
            assertThat(second.parameters().sha256())
                    .as("killed at batch %d", killedAt)
                    .isEqualTo(whole.parameters().sha256());
            assertThat(losses(place)).isEqualTo(losses(folder.resolve("whole")));
        }
    }

    @Test
    void validatesAtTheCadenceAskedForAndKeepsTheBestCheckpoint() throws IOException {
        Quadratic model = new Quadratic(scope);
        model.leap = 11;
        train(context("a"), PLAN.validatedEvery(10), model);
        List<MetricsLine> lines = MetricsLine.readAll(folder.resolve("a/output/metrics.jsonl"));
        assertThat(lines.get(10).figures()).containsKey("validation-loss");
        assertThat(lines.get(15).figures()).doesNotContainKey("validation-loss");
        assertThat(lines.get(10).figure("validation-loss"))
                .isLessThan(lines.get(20).figure("validation-loss"))
                .isLessThan(lines.get(40).figure("validation-loss"));
        assertThat(names(folder.resolve("a/durable")))
                .contains("update-00000010", "update-00000030", "update-00000040")
                .doesNotContain("update-00000020");
    }

    @Test
    void goingOnUnderAnotherEnvironmentIsRecordedAndTheCheckpointBeforeIsKept() {
        Quadratic first = new Quadratic(scope);
        first.dieAt = 15;
        assertThatThrownBy(() -> train(context("a"), first)).hasMessage("killed");
        TrainingPlan elsewhere = new TrainingPlan(
                "quadratic", UPDATES, 2, OPTIMIZER, new Retention(2, 10), Map.of(), "code", Map.of("threads", "2"));
        train(context("a"), elsewhere, new Quadratic(scope));
        assertThat(TrainingEvent.readAll(folder.resolve("a/durable")))
                .extracting(TrainingEvent::kind)
                .containsExactly(
                        TrainingEvent.Kind.FAILED, TrainingEvent.Kind.ENVIRONMENT_CHANGED, TrainingEvent.Kind.RESUMED);
        assertThat(Files.exists(folder.resolve("a/durable/update-00000010"))).isTrue();
        assertThat(Files.exists(folder.resolve("a/durable/update-00000020"))).isFalse();
    }

    @Test
    void refusesACheckpointOfAnotherConfiguration() {
        train(context("a"), new Quadratic(scope));
        RecordingTaskContext other =
                new RecordingTaskContext(folder.resolve("a"), TaskKind.TRAIN_MODEL, Map.of("other", 1), List.of());
        assertThatThrownBy(() -> train(other, new Quadratic(scope))).hasMessageContaining("expected configuration");
    }

    @Test
    void theScheduleWarmsUpAndDecaysToTheLeastRate() {
        LearningRateSchedule schedule = new LearningRateSchedule(OPTIMIZER, UPDATES);
        assertThat(schedule.at(1)).isCloseTo(0.025, within(1e-15));
        assertThat(schedule.at(4)).isCloseTo(0.1, within(1e-15));
        assertThat(schedule.at(22)).isCloseTo(0.055, within(1e-15));
        assertThat(schedule.at(UPDATES)).isCloseTo(0.01, within(1e-15));
    }

    private TrainingSummary train(RecordingTaskContext context, Quadratic model) {
        return train(context, PLAN, model);
    }

    private TrainingSummary train(RecordingTaskContext context, TrainingPlan plan, Quadratic model) {
        try (TrainingLoop loop = new TrainingLoop(context, plan, model, scope)) {
            return loop.run().orElseThrow();
        }
    }

    private static TrainingPlan watched(SpikeRules.Policy policy) {
        OptimizerConfiguration optimizer = new OptimizerConfiguration(
                0.01, 0.001, 4, 0.9, 0.999, 1e-8, 0, 1, new SpikeRules(policy, 8, 0.99, 10, 3));
        return new TrainingPlan(
                "quadratic", UPDATES, 2, optimizer, new Retention(2, 10), Map.of(), "code", Map.of("threads", "1"));
    }

    private RecordingTaskContext context(String name) {
        return contextIn(folder.resolve(name));
    }

    private static RecordingTaskContext contextIn(Path place) {
        return new RecordingTaskContext(place, TaskKind.TRAIN_MODEL, Map.of(), List.of());
    }

    private static void removeOutput(Path place) throws IOException {
        Files.deleteIfExists(place.resolve("output").resolve(MetricsLine.FILE_NAME));
    }

    private static List<Double> losses(Path place) {
        return MetricsLine.readAll(place.resolve("output").resolve(MetricsLine.FILE_NAME)).stream()
                .map(line -> line.figures().getOrDefault("loss", Double.NaN))
                .toList();
    }

    private static List<String> names(Path durable) throws IOException {
        try (Stream<Path> entries = Files.list(durable)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.equals(TrainingEvent.FILE_NAME))
                    .sorted()
                    .toList();
        }
    }

    /** Squared distance to a fixed point, with noise on the gradient that depends on the update alone. */
    private static final class Quadratic implements Trainable {
        private final ParameterSet parameters;
        private long firstUpdate;
        private long lastUpdate;
        private long dieAt = -1;
        private long poisonAt = -1;
        private long spikeAt = -1;
        private long leap = Long.MAX_VALUE;

        Quadratic(NDManager scope) {
            parameters = ParameterSet.trainable(
                    scope, List.of(new ParameterShape("first", 3, 5), new ParameterShape("second", 7)));
        }

        @Override
        public ParameterSet parameters() {
            return parameters;
        }

        @Override
        public BatchMeasure addGradients(long update, GradientSum sum) {
            if (update == dieAt) {
                throw new IllegalStateException("killed");
            }
            firstUpdate = firstUpdate == 0 ? update : firstUpdate;
            lastUpdate = update;
            for (ParameterShape shape : parameters.shapes()) {
                FloatBuffer gradient = parameters.gradient(shape.name());
                FloatBuffer values = parameters.values(shape.name());
                CounterNoise noise = CounterNoise.of(1, shape.name(), update);
                for (int i = 0; i < values.limit(); i++) {
                    float value = 2 * (values.get(i) - 1) + 0.1f * noise.gaussian(i);
                    // Away from the point, or far too steep.
                    gradient.put(i, update >= leap ? -value : update == spikeAt ? 1000 * value : value);
                }
            }
            if (update == poisonAt) {
                parameters.gradient("second").put(2, Float.NaN);
            }
            return new BatchMeasure(validationLoss(), List.of("clip-" + update), 10, 100, Map.of());
        }

        @Override
        public double validationLoss() {
            double sum = 0;
            for (ParameterShape shape : parameters.shapes()) {
                FloatBuffer values = parameters.values(shape.name());
                for (int i = 0; i < values.limit(); i++) {
                    sum += (values.get(i) - 1) * (double) (values.get(i) - 1);
                }
            }
            return sum;
        }

        @Override
        public Map<String, Double> finalFigures() {
            return Map.of("distance", validationLoss());
        }
    }
}
