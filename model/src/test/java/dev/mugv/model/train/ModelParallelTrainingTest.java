package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.collective.ThreadRanks;
import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Layout;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.Recomputation;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.parallel.TrainingGroups;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Trainings whose ranks hold a model together, through the whole task, against one rank's. Ranks are threads. */
class ModelParallelTrainingTest {
    private static final DitSize SIZE = new DitSize(144, 2, 16, 8);
    private static final int UPDATES = 5;
    private static final int CHECKPOINT_EVERY = 3;
    // Sums of fp32, which rounds at 6e-8, in another order; see ModelParallelTest, which holds the same layouts to
    // 1e-10 in fp64.
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder;

    private TinyTraining tiny;

    @BeforeEach
    void makeShards() {
        tiny = new TinyTraining(folder);
    }

    @ParameterizedTest(name = "{0} x {1} x {2}")
    @CsvSource({"2, 1, 1", "1, 2, 1", "2, 1, 2"})
    void everyLayoutIsTheTrainingOfOneRank(int tensor, int pipeline, int data) {
        Layout layout = new Layout(tensor, pipeline, data);
        Path one = train("one", order(ParallelMode.FAST, Tuning.WHOLE), Layout.ALONE);
        Path several = train("several", order(ParallelMode.FAST, Tuning.WHOLE), layout);
        requireSameTraining(one, several);
    }

    @Test
    void adaptersAreTrainedAndPublishedAsOnOneRank() {
        AdapterConfiguration adapters = new AdapterConfiguration(
                3, 6, AdapterConfiguration.LINEAR_LAYERS, AdapterConfiguration.Publication.MERGED);
        Tuning tuning = new Tuning(Recomputation.SELECTIVE, List.of(), Optional.of(adapters));
        Layout layout = new Layout(2, 2, 1);
        Path one = train("one", order(ParallelMode.FAST, tuning), Layout.ALONE);
        Path several = train("several", order(ParallelMode.FAST, tuning), layout);
        requireSameTraining(one, several);
        requireClose(one.resolve(AdapterFile.WEIGHTS_FILE_NAME), several.resolve(AdapterFile.WEIGHTS_FILE_NAME));
    }

    @Test
    void aNullCaptionThatIsTrainedIsTheSameOnEveryStage() {
        CaptionDropout dropout = new CaptionDropout(CaptionDropout.Kind.TOKEN, 0.4, 0.4, CaptionDropout.Table.TRAINED);
        Layout layout = new Layout(2, 2, 1);
        Path one = train("one", order(stage(dropout, Tuning.WHOLE), ParallelMode.FAST), Layout.ALONE);
        Path several = train("several", order(stage(dropout, Tuning.WHOLE), ParallelMode.FAST), layout);
        requireSameTraining(one, several);
    }

    @ParameterizedTest(name = "{3} on {0} x {1} x {2}")
    @CsvSource({"2, 1, 1, DPO", "1, 2, 2, KTO"})
    void anAlignmentIsThatOfOneRankAndSoAreItsLastFigures(
            int tensor, int pipeline, int data, PreferenceTraining.Loss loss) throws IOException {
        Layout layout = new Layout(tensor, pipeline, data);
        Path base = train("base", order(ParallelMode.FAST, Tuning.WHOLE), Layout.ALONE);
        Path samples = Files.createDirectories(folder.resolve("samples"));
        PreferenceTrainingTest.writeSamples(samples);
        Map<TaskKind, Path> inputs = Map.of(TaskKind.TRAIN_MODEL, base, TaskKind.GENERATE_PREFERENCES, samples);
        Path one = align("one-" + loss, loss, Layout.ALONE, inputs);
        Path several = align("several-" + loss, loss, layout, inputs);
        requireClose(one.resolve("model.safetensors"), several.resolve("model.safetensors"));
        TrainingSummary before = TinyTraining.read(one, TrainingSummary.FILE_NAME, TrainingSummary.class);
        TrainingSummary after = TinyTraining.read(several, TrainingSummary.FILE_NAME, TrainingSummary.class);
        // A margin is a small difference of errors: what is left of it has the rounding of the errors, which are about
        // 1.
        assertThat(after.more().get("preference-margin"))
                .isCloseTo(before.more().get("preference-margin"), within(20 * TOLERANCE));
        assertThat(before.more().get("preference-margin")).isGreaterThan(1e-3);
        assertThat(after.lastValidationLoss() / before.lastValidationLoss()).isCloseTo(1, within(TOLERANCE));
    }

    private Path align(String name, PreferenceTraining.Loss loss, Layout layout, Map<TaskKind, Path> inputs)
            throws IOException {
        String labels = loss == PreferenceTraining.Loss.DPO
                ? "label-id,kind,winner,loser\np1,pair,a-0,a-1\np2,pair,b-0,b-1\n"
                : "label-id,kind,sample,pass\nk1,absolute,a-0,pass\nk2,absolute,a-1,fail\nk3,absolute,b-0,pass\n";
        PreferenceTraining training = new PreferenceTraining(
                "align", loss, UPDATES, 4, 20, 0.2, TinyTraining.OPTIMIZER, 10, 3, ComputePrecision.FP32);
        TrainModelOrder order = new TrainModelOrder(
                SIZE,
                new TrainModelOrder.Preference(
                        training,
                        TinyTraining.SMALL,
                        0.5,
                        "labels.csv",
                        Sha256.of(labels.getBytes(StandardCharsets.UTF_8))),
                TinyTraining.TRAINING_CLIPS,
                TinyTraining.GRID,
                ParallelMode.FAST);
        RecordingTaskContext context =
                tiny.context(name, order, inputs).withThreadRanks(layout.tensor(), layout.pipeline(), layout.data());
        Files.writeString(folder.resolve(name).resolve("labels.csv"), labels);
        TinyTraining.run(context);
        return context.pendingOutput();
    }

    @Test
    void inExactModeTheNumberOfReplicasDecidesNoBit() {
        TrainModelOrder order = order(ParallelMode.EXACT, Tuning.WHOLE);
        Path one = train("one", order, new Layout(2, 1, 1));
        Path two = train("two", order, new Layout(2, 1, 2));
        assertThat(Sha256.ofFile(two.resolve("model.safetensors")))
                .isEqualTo(Sha256.ofFile(one.resolve("model.safetensors")));
        assertThat(figures(two, "gradient-norm")).isEqualTo(figures(one, "gradient-norm"));
        assertThat(tensorHashes("two", UPDATES)).isEqualTo(tensorHashes("one", UPDATES));
    }

    /** One batch is written by each layout, loaded by each other one, and saved again there. */
    @ParameterizedTest(name = "from {0} x {1} x {2}")
    @CsvSource({"1, 1, 1", "2, 1, 2", "2, 2, 1"})
    void whatOneLayoutSavedIsTheSameTensorsUnderEveryOther(int tensor, int pipeline, int data) throws IOException {
        Layout from = new Layout(tensor, pipeline, data);
        TrainModelOrder order = order(ParallelMode.FAST, Tuning.WHOLE);
        RecordingTaskContext first = context("moved", order, from).stopAfter(2);
        assertThatThrownBy(() -> TinyTraining.run(first)).isInstanceOf(StopRequestedException.class);
        Map<String, String> saved = tensorHashes("moved", 2);
        assertThat(saved).hasSizeGreaterThan(100).containsKey("power-0.1.blocks.0.mlp.fc1.weight");
        int update = 2;
        for (Layout to : List.of(
                Layout.ALONE, new Layout(2, 1, 1), new Layout(1, 2, 1), new Layout(2, 2, 1), new Layout(2, 1, 2))) {
            update++;
            SavedAgain.underLayout(context("moved", order, to), order, to, update);
            assertThat(tensorHashes("moved", update)).as("%s", to).isEqualTo(saved);
        }
    }

    @Test
    void aTrainingGoesOnUnderAnotherLayout() {
        Path whole = train("whole", order(ParallelMode.FAST, Tuning.WHOLE), Layout.ALONE);
        Layout before = new Layout(2, 1, 2);
        TrainModelOrder order = order(ParallelMode.FAST, Tuning.WHOLE);
        RecordingTaskContext first = context("moved", order, before).stopAfter(3);
        assertThatThrownBy(() -> TinyTraining.run(first)).isInstanceOf(StopRequestedException.class);
        RecordingTaskContext second = context("moved", order, new Layout(1, 2, 1));
        TinyTraining.run(second);
        assertThat(second.lines)
                .anySatisfy(line -> assertThat(line).contains("the checkpoint was made by Layout[tensor=2"));
        requireSameTraining(whole, second.pendingOutput());
    }

    @Test
    void aLayoutThatDoesNotDivideIsRefusedByAllRanks() {
        assertThatThrownBy(() -> train("three", order(ParallelMode.FAST, Tuning.WHOLE), new Layout(3, 1, 1)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("its 2 heads cannot be shared out equally among 3 ranks");
        assertThatThrownBy(() -> ThreadRanks.run(
                        3, Duration.ofMinutes(1), world -> TrainingGroups.of(world, 2, 1, ParallelMode.FAST)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected a multiple of 2, as tensor: 2 and pipeline: 1 hold a model together");
    }

    private RecordingTaskContext context(String name, TrainModelOrder order, Layout layout) {
        return tiny.context(name, order, Map.of()).withThreadRanks(layout.tensor(), layout.pipeline(), layout.data());
    }

    private Path train(String name, TrainModelOrder order, Layout layout) {
        RecordingTaskContext context = context(name, order, layout);
        TinyTraining.run(context);
        return context.pendingOutput();
    }

    private static TrainModelOrder order(ParallelMode mode, Tuning tuning) {
        return order(stage(new CaptionDropout(CaptionDropout.Kind.SAMPLE, 0.2, 0.2), tuning), mode);
    }

    private static TrainingStage stage(CaptionDropout dropout, Tuning tuning) {
        return new TrainingStage(
                        "tiny",
                        UPDATES,
                        4,
                        List.of(new ShapePhase(0.5, TinyTraining.SMALL), new ShapePhase(1, TinyTraining.LONG)),
                        0.6,
                        0.25,
                        0.5,
                        dropout,
                        TinyTraining.OPTIMIZER,
                        CHECKPOINT_EVERY,
                        5,
                        ComputePrecision.FP32,
                        tuning)
                .withEma(new WeightAveraging(Optional.of(0.7), 1, List.of(0.1), 2, WeightAveraging.Published.LAST));
    }

    private static TrainModelOrder order(TrainingStage stage, ParallelMode mode) {
        return new TrainModelOrder(
                SIZE, new TrainModelOrder.FlowMatching(stage, 2), TinyTraining.TRAINING_CLIPS, TinyTraining.GRID, mode);
    }

    private static void requireSameTraining(Path one, Path several) {
        for (String figure : List.of(MetricsLine.LOSS, "gradient-norm")) {
            List<Double> expected = figures(one, figure);
            List<Double> found = figures(several, figure);
            for (int update = 0; update < UPDATES; update++) {
                assertThat(found.get(update) / expected.get(update))
                        .as("%s of update %d", figure, update + 1)
                        .isCloseTo(1, within(TOLERANCE));
            }
        }
        TrainingSummary before = TinyTraining.read(one, TrainingSummary.FILE_NAME, TrainingSummary.class);
        TrainingSummary after = TinyTraining.read(several, TrainingSummary.FILE_NAME, TrainingSummary.class);
        assertThat(after.lastValidationLoss() / before.lastValidationLoss()).isCloseTo(1, within(TOLERANCE));
        requireClose(one.resolve("model.safetensors"), several.resolve("model.safetensors"));
        String early = "checkpoints/update-%08d.safetensors".formatted(CHECKPOINT_EVERY);
        requireClose(one.resolve(early), several.resolve(early));
        for (String average : List.of("ema-0.7", "power-0.1")) {
            String file = "averages/update-%08d.%s.safetensors".formatted(UPDATES, average);
            requireClose(one.resolve(file), several.resolve(file));
        }
    }

    /** All weights together, by their Euclidean distance: AdamW makes a step of full length of a gradient that is all rounding. */
    private static void requireClose(Path expected, Path found) {
        double norm = 0;
        double distance = 0;
        try (SafetensorsFile left = SafetensorsFile.open(expected);
                SafetensorsFile right = SafetensorsFile.open(found)) {
            assertThat(right.names()).isEqualTo(left.names());
            for (String name : left.names()) {
                float[] one = left.floats(name);
                float[] other = right.floats(name);
                for (int i = 0; i < one.length; i++) {
                    norm += (double) one[i] * one[i];
                    distance += ((double) one[i] - other[i]) * ((double) one[i] - other[i]);
                }
            }
        }
        assertThat(Math.sqrt(distance / norm)).isLessThan(TOLERANCE);
    }

    private static List<Double> figures(Path output, String figure) {
        return MetricsLine.readAll(output.resolve(MetricsLine.FILE_NAME)).stream()
                .skip(1)
                .map(line -> line.figure(figure))
                .toList();
    }

    private Map<String, String> tensorHashes(String name, int update) {
        JsonNode manifest = Json.read(
                folder.resolve(name).resolve("durable/update-%08d/manifest.json".formatted(update)), JsonNode.class);
        Map<String, String> hashes = new TreeMap<>();
        manifest.path("tensors")
                .properties()
                .forEach(tensor -> hashes.put(
                        tensor.getKey(), tensor.getValue().path("sha256").asString()));
        return hashes;
    }
}
