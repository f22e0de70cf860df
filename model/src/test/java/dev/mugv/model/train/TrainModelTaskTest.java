package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainModelTaskTest {
    private static final int UPDATES = 60;

    @TempDir
    Path folder;

    private TinyTraining tiny;

    @BeforeEach
    void makeShards() {
        tiny = new TinyTraining(folder);
    }

    @Test
    void aStageLearnsAndPublishesTheModelUnderItsPublishedNames() {
        Path output = tiny.train("whole", flow(UPDATES, 0), Map.of());
        TrainingSummary summary = TinyTraining.read(output, "summary.json", TrainingSummary.class);
        assertThat(summary.lastValidationLoss()).isLessThan(summary.firstValidationLoss() * 0.8);
        ModelDescription model = TinyTraining.read(output, "model.json", ModelDescription.class);
        Path weights = output.resolve("model.safetensors");
        assertThat(model.modelSha256()).isEqualTo(Sha256.ofFile(weights));
        assertThat(model.checkpoints()).isEmpty();
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            file.requireExactly(DitParameters.shapesWithNullCaption(TinyTraining.SIZE));
        }
    }

    /** Roundings move each update a little; where they took the run elsewhere, its loss would differ by more than that. */
    @Test
    void inBf16AStageLearnsWhatItLearnsInFp32() {
        double[] losses = new double[2];
        for (ComputePrecision precision : ComputePrecision.values()) {
            Path output = tiny.train(precision.name(), flow(UPDATES, 0, precision), Map.of());
            losses[precision.ordinal()] = TinyTraining.read(output, "summary.json", TrainingSummary.class)
                    .lastValidationLoss();
        }
        assertThat(losses[1]).isNotEqualTo(losses[0]).isCloseTo(losses[0], withinPercentage(2));
    }

    @ParameterizedTest
    @EnumSource(ComputePrecision.class)
    void aRunKilledAndResumedEndsWithTheSameBitsAndTheSameMetrics(ComputePrecision precision) throws IOException {
        TrainModelOrder order = flow(UPDATES, 3, precision);
        Path whole = tiny.train("whole", order, Map.of());
        RecordingTaskContext first = tiny.context("killed", order, Map.of()).stopAfter(27);
        assertThatThrownBy(() -> TinyTraining.run(first)).isInstanceOf(StopRequestedException.class);
        // Without the checkpoint of the stop, what is left is what kill -9 leaves: metrics run ahead of checkpoints.
        deleteFolder(first.durableFolder().resolve("update-00000027"));
        Path resumed = tiny.train("killed", order, Map.of());
        assertThat(Sha256.ofFile(resumed.resolve("model.safetensors")))
                .isEqualTo(Sha256.ofFile(whole.resolve("model.safetensors")));
        assertThat(results(resumed)).isEqualTo(results(whole));
        assertThat(results(resumed)).hasSize(UPDATES + 1);
        List<ModelDescription.Checkpoint> checkpoints =
                TinyTraining.read(resumed, "model.json", ModelDescription.class).checkpoints();
        assertThat(checkpoints).extracting(ModelDescription.Checkpoint::update).containsExactly(40, 50, 60);
        for (ModelDescription.Checkpoint checkpoint : checkpoints) {
            assertThat(Sha256.ofFile(resumed.resolve(checkpoint.file())))
                    .isEqualTo(Sha256.ofFile(whole.resolve(checkpoint.file())));
        }
    }

    @Test
    void theNextStageStartsWhereTheFirstOneEnded() {
        Path first = tiny.train("first", flow(UPDATES, 0), Map.of());
        Path second = tiny.train("second", flow(10, 0), Map.of(TaskKind.TRAIN_MODEL, first));
        TrainingSummary ended = TinyTraining.read(first, "summary.json", TrainingSummary.class);
        TrainingSummary began = TinyTraining.read(second, "summary.json", TrainingSummary.class);
        assertThat(began.firstValidationLoss()).isEqualTo(ended.lastValidationLoss());
    }

    @Test
    void aNanInALatentStopsBeforeTheFirstUpdateAndNamesTheClip() {
        tiny.writeShard(List.of("a", "b", "c", "held"), (clip, shape) -> {
            FloatBuffer latent = TinyTraining.latent(clip, shape);
            return clip.equals("held") ? latent.put(7, Float.NaN) : latent;
        });
        assertThatThrownBy(() -> tiny.train("x", flow(10, 0), Map.of()))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT))
                .hasMessageContaining("latent of clip held at shape 32x32x16@8.0")
                .hasMessageContaining("found NaN at element 7");
    }

    @Test
    void refusesAStageWhoseShapeNoClipIsEncodedIn() {
        TrainingStage stage = stage(new VideoShape(64, 32, 16, 8));
        assertThatThrownBy(
                        () -> tiny.train("x", TinyTraining.order(new TrainModelOrder.FlowMatching(stage, 0)), Map.of()))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageContaining("latents of shape 64x32x16@8.0, found none among 3 clips");
    }

    private static TrainModelOrder flow(int updates, int kept) {
        return flow(updates, kept, ComputePrecision.FP32);
    }

    private static TrainModelOrder flow(int updates, int kept, ComputePrecision precision) {
        return TinyTraining.order(new TrainModelOrder.FlowMatching(TinyTraining.stage(updates, precision), kept));
    }

    private static TrainingStage stage(VideoShape shape) {
        return new TrainingStage(
                "x",
                10,
                2,
                List.of(new ShapePhase(1, shape)),
                0,
                0,
                0,
                CaptionDropout.NONE,
                TinyTraining.OPTIMIZER,
                5,
                1,
                ComputePrecision.FP32);
    }

    /** Everything in the metrics that must not depend on the clock. */
    private static List<Map<String, Double>> results(Path output) {
        return MetricsLine.readAll(output.resolve(MetricsLine.FILE_NAME)).stream()
                .map(line -> Map.of(
                        "loss", line.figures().getOrDefault("loss", -1.0),
                        "validation-loss", line.figures().getOrDefault("validation-loss", -1.0),
                        "gradient-norm", line.figures().getOrDefault("gradient-norm", -1.0),
                        "learning-rate", line.figures().getOrDefault("learning-rate", -1.0)))
                .toList();
    }

    private static void deleteFolder(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
