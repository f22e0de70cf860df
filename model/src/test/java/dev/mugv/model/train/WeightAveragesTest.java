package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.averaging.PowerProfile;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.config.WeightAveraging.Published;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Averages of the weights through whole trainings. */
class WeightAveragesTest {
    private static final int UPDATES = 12;
    private static final String TENSOR = "blocks.0.attn.qkv.weight";
    private static final WeightAveraging KEPT =
            new WeightAveraging(Optional.of(0.8), 1, List.of(0.05, 0.1), 3, Published.LAST);

    @TempDir
    Path folder;

    private TinyTraining tiny;

    @BeforeEach
    void makeShards() {
        tiny = new TinyTraining(folder);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void averagesAreTheSumsOverTheWeightsAfterEveryUpdate(int every) {
        WeightAveraging averaging = new WeightAveraging(Optional.of(0.8), every, List.of(0.1), 3, Published.LAST);
        // Checkpoints are as often as averages are brought up to date, so they hold all weights that these are of.
        Path one = train("one", stage(every, averaging), 1, UPDATES / every);
        List<float[]> weights = new ArrayList<>();
        for (int update = every; update <= UPDATES; update += every) {
            weights.add(read(one.resolve("checkpoints/update-%08d.safetensors".formatted(update))));
        }
        float[] first = firstWeights();
        float[] power = read(one.resolve("averages/update-%08d.power-0.1.safetensors".formatted(UPDATES)));
        float[] exponential = read(one.resolve("averages/update-%08d.ema-0.8.safetensors".formatted(UPDATES)));
        PowerProfile profile = new PowerProfile(0.1);
        for (int i = 0; i < power.length; i++) {
            double sum = 0;
            double decaying = 0;
            for (int k = 0; k < weights.size(); k++) {
                int update = (k + 1) * every;
                sum += profile.weight(update, UPDATES, every) * weights.get(k)[i];
                decaying += (1 - Math.pow(0.8, every)) * Math.pow(0.8, UPDATES - update) * weights.get(k)[i];
            }
            decaying += Math.pow(0.8, UPDATES) * first[i];
            // A dozen roundings of fp32 of weights under 1: at most 3e-8 each.
            assertThat((double) power[i]).isCloseTo(sum, within(4e-7));
            assertThat((double) exponential[i]).isCloseTo(decaying, within(4e-7));
        }
        // What is compared is far more than rounding: the averages are not the last weights.
        assertThat(largestDifference(power, weights.get(weights.size() - 1))).isGreaterThan(1e-4);
        assertThat(largestDifference(exponential, power)).isGreaterThan(1e-4);
    }

    private static double largestDifference(float[] one, float[] other) {
        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs((double) one[i] - other[i]));
        }
        return largest;
    }

    private static float[] firstWeights() {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                DitModel model = DitModel.frozen(TinyTraining.SIZE, scope)) {
            model.initialise(TinyTraining.stage(1).seed());
            FloatBuffer values = model.parameters().values(TENSOR);
            float[] copy = new float[values.limit()];
            values.get(0, copy);
            return copy;
        }
    }

    @Test
    void aTrainingThatWasStoppedEndsWithTheSameBitsOfItsAverages() {
        Path whole = train("whole", stage(4, KEPT), 1, 0);
        RecordingTaskContext first =
                tiny.context("stopped", order(stage(4, KEPT), 0), Map.of()).stopAfter(7);
        assertThatThrownBy(() -> TinyTraining.run(first)).isInstanceOf(StopRequestedException.class);
        Path stopped = train("stopped", stage(4, KEPT), 1, 0);
        assertThat(hashes(stopped)).isEqualTo(hashes(whole)).hasSize(8);
        assertThat(checkpoint("stopped")).isEqualTo(checkpoint("whole"));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void inExactModeSeveralRanksKeepTheBitsOfOne(int ranks) {
        Path one = train("one", stage(4, KEPT), 1, 0);
        Path several = train("several", stage(4, KEPT), ranks, 0);
        assertThat(hashes(several)).isEqualTo(hashes(one)).hasSize(8);
        assertThat(checkpoint("several"))
                .isEqualTo(checkpoint("one"))
                .containsKeys("ema-0.8." + TENSOR, "power-0.05." + TENSOR, "power-0.1." + TENSOR);
    }

    @Test
    void whatTwoRanksHaveSavedGoesOnWithTheSameBitsOnFour() {
        Path whole = train("whole", stage(4, KEPT), 1, 0);
        RecordingTaskContext first = tiny.context("moved", order(stage(4, KEPT), 0), Map.of())
                .withThreadRanks(2)
                .stopAfter(7);
        assertThatThrownBy(() -> TinyTraining.run(first)).isInstanceOf(StopRequestedException.class);
        assertThat(hashes(train("moved", stage(4, KEPT), 4, 0))).isEqualTo(hashes(whole));
    }

    @Test
    void theStagePassesOnWhatItsConfigurationSays() {
        Path last = train("last", stage(4, KEPT), 1, 0);
        Path average =
                train("average", stage(4, new WeightAveraging(Optional.of(0.8), 1, List.of(), 1, Published.EMA)), 1, 0);
        assertThat(Sha256.ofFile(average.resolve("model.safetensors")))
                .isEqualTo(Sha256.ofFile(last.resolve("averages/update-00000012.ema-0.8.safetensors")))
                .isNotEqualTo(Sha256.ofFile(last.resolve("model.safetensors")));
        assertThat(TinyTraining.read(last, "model.json", ModelDescription.class).weights())
                .isEqualTo("last");
        assertThat(TinyTraining.read(average, "model.json", ModelDescription.class)
                        .weights())
                .isEqualTo("ema-0.8");
        TrainingSummary summary = TinyTraining.read(average, "summary.json", TrainingSummary.class);
        assertThat(summary.more().get("ema-validation-loss"))
                .isNotNull()
                .isNotEqualTo(summary.lastValidationLoss())
                .isLessThan(summary.firstValidationLoss());
        assertThat(TinyTraining.read(last, "summary.json", TrainingSummary.class)
                        .more())
                .doesNotContainKey("ema-validation-loss");
    }

    @Test
    void snapshotsOfProfilesStayAndAreNamed() {
        Path made = train("made", stage(2, KEPT), 1, 0);
        assertThat(TinyTraining.read(made, "model.json", ModelDescription.class).snapshots())
                .extracting(ModelDescription.Snapshot::file)
                .containsExactly(
                        "averages/update-00000008.power-0.05.safetensors",
                        "averages/update-00000008.power-0.1.safetensors",
                        "averages/update-00000010.power-0.05.safetensors",
                        "averages/update-00000010.power-0.1.safetensors",
                        "averages/update-00000012.ema-0.8.safetensors",
                        "averages/update-00000012.power-0.05.safetensors",
                        "averages/update-00000012.power-0.1.safetensors");
        // Without averages the newest two checkpoints stay.
        assertThat(folder.resolve("made/durable/update-00000008")).isDirectory();
        assertThat(folder.resolve("made/durable/update-00000006")).doesNotExist();
    }

    @Test
    void averagesThatNothingCanBeMadeOfAreRefused() {
        assertThatThrownBy(() -> new WeightAveraging(Optional.of(1.0), 0, List.of(0.1, 0.3), 0, Published.LAST))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("expected above 0 and below 1, found 1.0")
                .hasMessageContaining("different lengths above 0 and below 0.2887")
                .hasMessageContaining("found [0.1, 0.3]");
        assertThatThrownBy(() -> new WeightAveraging(Optional.empty(), 1, List.of(), 8, Published.EMA))
                .hasMessageContaining("expected a decay, or profiles, found neither")
                .hasMessageContaining("expected 'last' without a decay, found 'ema'");
        assertThatThrownBy(() -> stage(4, new WeightAveraging(Optional.of(0.9), 5, List.of(), 1, Published.LAST)))
                .hasMessageContaining("expected 'every' to divide 'updates' and 'checkpoint-every', found 5");
    }

    private Path train(String name, TrainingStage stage, int ranks, int kept) {
        RecordingTaskContext context =
                tiny.context(name, order(stage, kept), Map.of()).withThreadRanks(ranks);
        TinyTraining.run(context);
        return context.pendingOutput();
    }

    private static TrainModelOrder order(TrainingStage stage, int kept) {
        return new TrainModelOrder(
                TinyTraining.SIZE,
                new TrainModelOrder.FlowMatching(stage, kept),
                TinyTraining.TRAINING_CLIPS,
                TinyTraining.GRID,
                ParallelMode.EXACT);
    }

    private static TrainingStage stage(int checkpointEvery, WeightAveraging averaging) {
        TrainingStage stage = TinyTraining.stage(UPDATES);
        return new TrainingStage(
                        stage.name(),
                        UPDATES,
                        4,
                        stage.phases(),
                        stage.imageShareStart(),
                        stage.imageShareEnd(),
                        stage.firstFrameShare(),
                        stage.captionDropout(),
                        stage.optimizer(),
                        checkpointEvery,
                        stage.seed(),
                        ComputePrecision.FP32)
                .withEma(averaging);
    }

    private static float[] read(Path file) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            return tensors.floats(TENSOR);
        }
    }

    /** Of the model and every average that is published. */
    private static Map<String, String> hashes(Path output) {
        Map<String, String> hashes = new TreeMap<>();
        hashes.put("model", Sha256.ofFile(output.resolve("model.safetensors")));
        for (ModelDescription.Snapshot each :
                TinyTraining.read(output, "model.json", ModelDescription.class).snapshots()) {
            hashes.put(each.file(), Sha256.ofFile(output.resolve(each.file())));
        }
        return hashes;
    }

    /** Hashes of whole tensors, whoever wrote their parts. */
    private Map<String, String> checkpoint(String name) {
        Map<String, String> hashes = new TreeMap<>();
        Json.read(folder.resolve(name).resolve("durable/update-00000012/manifest.json"), JsonNode.class)
                .path("tensors")
                .properties()
                .forEach(tensor -> hashes.put(
                        tensor.getKey(), tensor.getValue().path("sha256").asString()));
        return hashes;
    }
}
