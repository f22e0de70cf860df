package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.tensor.SafetensorsWriter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferenceTrainingTest {
    private static final int UPDATES = 30;
    private static final String PAIRS = "label-id,kind,winner,loser\np1,pair,a-0,a-1\np2,pair,b-0,b-1\n";
    private static final String ABSOLUTES =
            "label-id,kind,sample,pass\nk1,absolute,a-0,pass\nk2,absolute,a-1,fail\nk3,absolute,b-0,pass\n";

    @TempDir
    Path folder;

    private TinyTraining tiny;
    private Path base;
    private Path samples;

    @BeforeEach
    void trainABaseAndMakeSamples() throws IOException {
        tiny = new TinyTraining(folder);
        TrainModelOrder order = TinyTraining.order(new TrainModelOrder.FlowMatching(TinyTraining.stage(20), 0));
        base = tiny.train("base", order, Map.of());
        samples = Files.createDirectories(folder.resolve("samples"));
        writeSamples(samples);
    }

    @Test
    void theAlignedModelPrefersThePreferredMoreThanItsReferenceDoes() throws IOException {
        for (Loss loss : List.of(Loss.DPO, Loss.KTO)) {
            String labels = loss == Loss.DPO ? PAIRS : ABSOLUTES;
            Path aligned = tiny.train("aligned-" + loss, order(loss, labels), inputs(loss, labels));
            TrainingSummary summary = TinyTraining.read(aligned, "summary.json", TrainingSummary.class);
            assertThat(summary.more().get("preference-margin")).as("%s", loss).isGreaterThan(0.05);
            assertThat(summary.more().get("preferred-share")).as("%s", loss).isGreaterThan(0.6);
            assertThat(summary.lastTrainingLoss()).isLessThan(summary.firstTrainingLoss());
        }
    }

    @Test
    void beforeTheFirstStepModelAndReferenceAgree() throws IOException {
        Path aligned = tiny.train("aligned", order(Loss.DPO, PAIRS), inputs(Loss.DPO, PAIRS));
        MetricsLine first =
                MetricsLine.readAll(aligned.resolve(MetricsLine.FILE_NAME)).get(1);
        // -log sigmoid(0): the two models are equal bit for bit.
        assertThat(first.figure("preference-loss")).isEqualTo(Math.log1p(1));
        TrainingSummary before = TinyTraining.read(base, "summary.json", TrainingSummary.class);
        TrainingSummary after = TinyTraining.read(aligned, "summary.json", TrainingSummary.class);
        assertThat(after.firstValidationLoss()).isEqualTo(before.lastValidationLoss());
    }

    @Test
    void inBf16TooModelAndReferenceAgreeBeforeTheFirstStep() throws IOException {
        TrainModelOrder order = order(Loss.DPO, PAIRS, ComputePrecision.BF16);
        Path aligned = tiny.train("aligned", order, inputs(Loss.DPO, PAIRS));
        MetricsLine first =
                MetricsLine.readAll(aligned.resolve(MetricsLine.FILE_NAME)).get(1);
        assertThat(first.figure("preference-loss")).isEqualTo(Math.log1p(1));
    }

    @Test
    void trainedTwiceItHasTheSameBits() throws IOException {
        for (Loss loss : List.of(Loss.DPO, Loss.KTO)) {
            String labels = loss == Loss.DPO ? PAIRS : ABSOLUTES;
            Path one = tiny.train("one-" + loss, order(loss, labels), inputs(loss, labels));
            Path two = tiny.train("two-" + loss, order(loss, labels), inputs(loss, labels));
            assertThat(Sha256.ofFile(one.resolve("model.safetensors")))
                    .isEqualTo(Sha256.ofFile(two.resolve("model.safetensors")));
        }
    }

    @Test
    void refusesLabelsThatDoNotFitTheLossOrTheSamples() {
        assertThatThrownBy(() -> tiny.train("x", order(Loss.DPO, ABSOLUTES), inputs(Loss.DPO, ABSOLUTES)))
                .hasMessageContaining("expected pairs, found 0 pairs, 2 passes, 1 fails and 0 pairs by");
        String passes = "label-id,kind,sample,pass\nk1,absolute,a-0,pass\n";
        assertThatThrownBy(() -> tiny.train("x", order(Loss.KTO, passes), inputs(Loss.KTO, passes)))
                .hasMessageContaining("expected passes and fails");
        String unknown = "label-id,kind,winner,loser\np1,pair,a-0,a-7\n";
        assertThatThrownBy(() -> tiny.train("x", order(Loss.DPO, unknown), inputs(Loss.DPO, unknown)))
                .hasMessageContaining("label 'p1' names sample 'a-7'");
        String mixed = "label-id,kind,winner,loser\np1,pair,a-0,b-1\n";
        assertThatThrownBy(() -> tiny.train("x", order(Loss.DPO, mixed), inputs(Loss.DPO, mixed)))
                .hasMessageContaining("different conditioning");
    }

    @Test
    void refusesALabelsFileOfAnotherContent() throws IOException {
        TrainModelOrder order = order(Loss.DPO, PAIRS);
        Map<TaskKind, Path> inputs = inputs(Loss.DPO, PAIRS);
        Files.writeString(folder.resolve("x").resolve("DPO.csv"), ABSOLUTES);
        assertThatThrownBy(() -> tiny.train("x", order, inputs)).hasMessageContaining("expected SHA-256");
    }

    @Test
    void refusesToAlignWithoutAReference() {
        Map<TaskKind, Path> inputs = Map.of(TaskKind.GENERATE_PREFERENCES, samples);
        assertThatThrownBy(() -> tiny.train("x", order(Loss.DPO, PAIRS), inputs))
                .hasMessageContaining("expected one initial model, found 0");
    }

    private static TrainModelOrder order(Loss loss, String labels) {
        return order(loss, labels, ComputePrecision.FP32);
    }

    private static TrainModelOrder order(Loss loss, String labels, ComputePrecision precision) {
        PreferenceTraining training = new PreferenceTraining(
                loss.name().toLowerCase(java.util.Locale.ROOT),
                loss,
                UPDATES,
                4,
                20,
                0.2,
                TinyTraining.OPTIMIZER,
                10,
                3,
                precision);
        return TinyTraining.order(new TrainModelOrder.Preference(
                training,
                TinyTraining.SMALL,
                0.5,
                loss + ".csv",
                Sha256.of(labels.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }

    /** Puts the labels into the workspace of every training of this test. */
    private Map<TaskKind, Path> inputs(Loss loss, String labels) throws IOException {
        for (String name : List.of("x", "aligned", "aligned-" + loss, "one-" + loss, "two-" + loss)) {
            Files.writeString(Files.createDirectories(folder.resolve(name)).resolve(loss + ".csv"), labels);
        }
        return Map.of(TaskKind.TRAIN_MODEL, base, TaskKind.GENERATE_PREFERENCES, samples);
    }

    /** Two samples of each of two clips; the preferred one is the clip's own latent, the other is noisier. */
    static void writeSamples(Path samples) throws IOException {
        SafetensorsWriter tensors = new SafetensorsWriter(Map.of());
        List<PreferenceSamples.Sample> made = new ArrayList<>();
        for (String clip : List.of("a", "b")) {
            for (int number = 0; number < 2; number++) {
                String id = clip + "-" + number;
                FloatBuffer latent = TinyTraining.latent(clip, TinyTraining.SMALL);
                CounterNoise noise = CounterNoise.of(4, id);
                for (int i = 0; i < latent.limit(); i++) {
                    latent.put(i, latent.get(i) + number * 0.7f * noise.gaussian(i));
                }
                tensors.add(id, new Shape(24, 2, 4, 4), latent);
                made.add(new PreferenceSamples.Sample(
                        id, clip, clip.equals("a") ? 1 : 0, clip, number, TinyTraining.SMALL, Map.of(), id));
            }
        }
        tensors.write(samples.resolve(PreferenceSamples.TENSORS_FILE_NAME));
        Files.writeString(samples.resolve(PreferenceSamples.FILE_NAME), Json.pretty(new PreferenceSamples(made)));
    }
}
