package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.PreferenceTraining;
import dev.mugv.model.config.PreferenceTraining.Loss;
import dev.mugv.model.config.ReversalConfiguration;
import dev.mugv.model.config.Tuning;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.PreferenceSamples;
import dev.mugv.model.format.ReverseSampleOrder;
import dev.mugv.model.format.ReversedPairs;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.sampling.AlignmentDraws;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.worker.task.ReverseSampleTask;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs by reverse sampling, the stage that learns from them, and batches of all three losses in one stage. */
class ReverseSamplingTest {
    private static final String LABELS = """
        label-id,kind,winner,loser,sample,pass
        p1,pair,a-0,a-1,,
        p2,pair,b-0,b-1,,
        k1,absolute,,,a-0,pass
        k2,absolute,,,b-1,fail
        """;

    @TempDir
    Path folder;

    private TinyTraining tiny;
    private Path base;

    @BeforeEach
    void trainABase() {
        tiny = new TinyTraining(folder);
        TrainModelOrder order = TinyTraining.order(new TrainModelOrder.FlowMatching(TinyTraining.stage(20), 0));
        base = tiny.train("base", order, Map.of());
    }

    @Test
    void theRealClipWinsOverWhatTheModelMakesOfIt() throws IOException {
        Path made = reverse("made", 0.5);
        PreferenceSamples samples = TinyTraining.read(made, PreferenceSamples.FILE_NAME, PreferenceSamples.class);
        ReversedPairs pairs = TinyTraining.read(made, ReversedPairs.FILE_NAME, ReversedPairs.class);
        assertThat(pairs.pairs()).hasSize(3).allSatisfy(pair -> {
            assertThat(pair.winner()).startsWith("real-");
            assertThat(pair.loser()).startsWith("reversed-");
        });
        assertThat(samples.samples()).hasSize(6);
        try (SafetensorsFile file = SafetensorsFile.open(made.resolve(PreferenceSamples.TENSORS_FILE_NAME))) {
            float[] expected = new float[24 * 2 * 16];
            TinyTraining.latent("a", TinyTraining.SMALL).get(expected);
            assertThat(file.floats("sample.real-a-1")).isEqualTo(expected);
            float[] reversed = file.floats("sample.reversed-a-1");
            // The frame that was given comes back as it was; the other does not.
            for (int channel = 0; channel < 24; channel++) {
                for (int i = 0; i < 16; i++) {
                    assertThat(reversed[channel * 32 + i]).isEqualTo(expected[channel * 32 + i]);
                }
            }
            assertThat(reversed).isNotEqualTo(expected);
        }
    }

    @Test
    void theMoreIsDoneAnewTheFurtherFromTheClipAndTwiceTheSameBits() throws IOException {
        Path weak = reverse("weak", 0.2);
        Path strong = reverse("strong", 1);
        assertThat(distance(weak)).isPositive().isLessThan(distance(strong));
        assertThat(Sha256.ofFile(reverse("again", 0.2).resolve(PreferenceSamples.TENSORS_FILE_NAME)))
                .isEqualTo(Sha256.ofFile(weak.resolve(PreferenceSamples.TENSORS_FILE_NAME)));
    }

    @Test
    void aStageWithReversedPairsPrefersTheRealClips() throws IOException {
        Path aligned = tiny.train(
                "aligned",
                order(training(Loss.RDPO, List.of(), 30), "", ParallelMode.FAST),
                Map.of(TaskKind.TRAIN_MODEL, base, TaskKind.REVERSE_SAMPLE, reverse("pairs", 0.5)));
        TrainingSummary summary = TinyTraining.read(aligned, "summary.json", TrainingSummary.class);
        assertThat(summary.more().get("preference-margin")).isGreaterThan(0.05);
        assertThat(summary.more().get("preferred-share")).isGreaterThan(0.6);
        assertThat(summary.more()).containsEntry("labels", 3.0);
    }

    @Test
    void withoutPairsTheStageIsRefused() {
        TrainModelOrder order = order(training(Loss.RDPO, List.of(), 2), "", ParallelMode.FAST);
        assertThatThrownBy(() -> tiny.train("x", order, Map.of(TaskKind.TRAIN_MODEL, base)))
                .hasMessageContaining("expected pairs by reverse sampling, found 0 pairs");
    }

    @Test
    void lossesTakeTurnsByTheSeedAloneInTheirShares() {
        PreferenceTraining training = training(Loss.DPO, List.of(Loss.DPO, Loss.KTO, Loss.RDPO), 1);
        Map<Loss, Integer> count = new EnumMap<>(Loss.class);
        LongStream.rangeClosed(1, 4000)
                .forEach(update -> count.merge(AlignmentDraws.loss(training, update), 1, Integer::sum));
        // Of 4,000 draws with probability a quarter 1,000 are expected, with a deviation of 27.
        assertThat(count.get(Loss.DPO)).isBetween(1850, 2150);
        assertThat(count.get(Loss.KTO)).isBetween(850, 1150);
        assertThat(count.get(Loss.RDPO)).isBetween(850, 1150);
        assertThat(AlignmentDraws.loss(training, 17)).isEqualTo(AlignmentDraws.loss(training, 17));
    }

    @Test
    void batchesOfThreeLossesMakeTheSameBitsOnSeveralRanksAndWhenStopped() throws IOException {
        TrainModelOrder order = order(training(Loss.DPO, List.of(Loss.KTO, Loss.RDPO), 12), LABELS, ParallelMode.EXACT);
        Map<TaskKind, Path> inputs = Map.of(
                TaskKind.TRAIN_MODEL,
                base,
                TaskKind.GENERATE_PREFERENCES,
                samples(),
                TaskKind.REVERSE_SAMPLE,
                reverse("pairs", 0.5));
        Path one = train("one", order, inputs, 1);
        List<MetricsLine> lines = MetricsLine.readAll(one.resolve(MetricsLine.FILE_NAME));
        for (String loss : List.of("dpo-loss", "kto-loss", "rdpo-loss")) {
            assertThat(lines).anySatisfy(line -> assertThat(line.figures()).containsKey(loss));
        }
        TrainingSummary summary = TinyTraining.read(one, "summary.json", TrainingSummary.class);
        assertThat(summary.more()).containsKeys("preference-margin", "kto-preference-margin", "rdpo-preferred-share");
        for (int ranks : new int[] {2, 4}) {
            assertThat(weights(train("on-" + ranks, order, inputs, ranks))).isEqualTo(weights(one));
        }
        prepare("stopped");
        RecordingTaskContext first = tiny.context("stopped", order, inputs).stopAfter(7);
        assertThatThrownBy(() -> TinyTraining.run(first)).isInstanceOf(StopRequestedException.class);
        assertThat(weights(train("stopped", order, inputs, 2))).isEqualTo(weights(one));
    }

    private Path train(String name, TrainModelOrder order, Map<TaskKind, Path> inputs, int ranks) throws IOException {
        prepare(name);
        RecordingTaskContext context = tiny.context(name, order, inputs).withThreadRanks(ranks);
        TinyTraining.run(context);
        return context.pendingOutput();
    }

    private void prepare(String name) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve(name)).resolve("labels.csv"), LABELS);
    }

    private Path reverse(String name, double strength) throws IOException {
        ReverseSampleOrder order = new ReverseSampleOrder(
                TinyTraining.SMALL,
                new ReversalConfiguration(3, 8, strength, 6),
                ComputePrecision.FP32,
                List.of(
                        new ReverseSampleOrder.Item("a", "a", 1),
                        new ReverseSampleOrder.Item("b", "b", 0),
                        new ReverseSampleOrder.Item("c", "c", 1)));
        ArtifactRef shard = TinyTraining.ref(TaskKind.ENCODE_LATENTS, "1");
        ArtifactRef model = TinyTraining.ref(TaskKind.TRAIN_MODEL, "2");
        RecordingTaskContext context = new RecordingTaskContext(
                        Files.createDirectories(folder.resolve("reverse-" + name)),
                        TaskKind.REVERSE_SAMPLE,
                        order,
                        List.of(shard, model))
                .withInput(shard, folder.resolve("shard"))
                .withInput(model, base);
        new ReverseSampleTask().run(context);
        return context.pendingOutput();
    }

    private static double distance(Path made) {
        return TinyTraining.read(made, PreferenceSamples.FILE_NAME, PreferenceSamples.class).samples().stream()
                .filter(sample -> sample.sampleId().startsWith("reversed-"))
                .mapToDouble(sample -> sample.measures().getOrDefault("latent-distance", Double.NaN))
                .average()
                .orElseThrow();
    }

    private static PreferenceTraining training(Loss loss, List<Loss> interleaved, int updates) {
        return new PreferenceTraining(
                "mixed",
                loss,
                updates,
                4,
                20,
                0.2,
                TinyTraining.OPTIMIZER,
                5,
                3,
                ComputePrecision.FP32,
                Tuning.WHOLE,
                interleaved,
                Optional.empty());
    }

    private static TrainModelOrder order(PreferenceTraining training, String labels, ParallelMode mode) {
        return new TrainModelOrder(
                TinyTraining.SIZE,
                new TrainModelOrder.Preference(
                        training,
                        TinyTraining.SMALL,
                        0.5,
                        labels.isEmpty() ? "" : "labels.csv",
                        labels.isEmpty() ? "" : Sha256.of(labels.getBytes(StandardCharsets.UTF_8))),
                TinyTraining.TRAINING_CLIPS,
                TinyTraining.GRID,
                mode);
    }

    private static String weights(Path output) {
        return Sha256.ofFile(output.resolve("model.safetensors"));
    }

    /** Two samples of each of two clips, the second one noisier. */
    private Path samples() throws IOException {
        Path place = Files.createDirectories(folder.resolve("samples"));
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
        tensors.write(place.resolve(PreferenceSamples.TENSORS_FILE_NAME));
        Files.writeString(place.resolve(PreferenceSamples.FILE_NAME), Json.pretty(new PreferenceSamples(made)));
        return place;
    }
}
