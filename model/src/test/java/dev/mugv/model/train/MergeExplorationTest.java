package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.averaging.PowerProfile;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.FinetuningConfiguration;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.WeightAverage;
import dev.mugv.model.config.WeightAveraging;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.CheckpointMerge.Candidate;
import dev.mugv.model.format.CheckpointMerge.Weight;
import dev.mugv.model.format.MergeCheckpointsOrder;
import dev.mugv.model.format.MergeCheckpointsOrder.Exploration;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.statistics.PairedDifference;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.worker.task.MergeCheckpointsTask;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is tried before a finetuned model is published: last weights, merged checkpoints, kept and synthesised averages. */
class MergeExplorationTest {
    private static final String FUSED = "blocks.0.attn.qkv.weight";
    private static final int UPDATES = 24;
    private static final int EVERY = 6;

    @TempDir
    Path folder;

    private TinyTraining tiny;

    @BeforeEach
    void makeShards() {
        tiny = new TinyTraining(folder);
    }

    @Test
    void allKindsOfWeightsAreTriedAndTheLeastValidationLossIsPublished() throws Exception {
        Path trained = train("sft", EVERY, Optional.of(0.7), 0.05, 0.1);
        Path chosen = merge("chosen", trained, List.of(0.01, 1.0), List.of(0.07, 0.1, 0.2));
        CheckpointMerge merge = TinyTraining.read(chosen, "merge.json", CheckpointMerge.class);
        // A length that was kept is not put together once more.
        assertThat(merge.candidates())
                .extracting(Candidate::name)
                .containsExactly(
                        "last",
                        "decay-0.01",
                        "decay-0.5",
                        "decay-1.0",
                        "ema-0.7",
                        "power-0.05",
                        "power-0.1",
                        "length-0.07",
                        "length-0.2");
        List<Candidate> ranking = merge.candidates().stream()
                .sorted(Comparator.comparingDouble(Candidate::validationLoss))
                .toList();
        assertThat(merge.chosen()).isEqualTo(ranking.get(0).name());
        assertThat(merge.reason())
                .startsWith(merge.chosen() + " has the least validation loss of 9 tried")
                .contains("the runner-up " + ranking.get(1).name())
                .endsWith("undecided between the two (1 clips are too few for any claim, 6 are the fewest)");
        CheckpointMerge.Comparison comparison = merge.comparison().orElseThrow();
        assertThat(comparison.verdict()).isEqualTo(PairedDifference.Verdict.TOO_FEW);
        assertThat(comparison.difference())
                .isCloseTo(ranking.get(1).validationLoss() - ranking.get(0).validationLoss(), within(1e-12));
        for (Candidate candidate : merge.candidates()) {
            assertThat(candidate.error().isPresent()).isEqualTo(candidate.name().startsWith("length-"));
            assertThat(candidate.clipLosses().get("held")).isCloseTo(candidate.validationLoss(), within(1e-12));
        }
        assertThat(merge.weights().stream().mapToDouble(Weight::weight).sum()).isCloseTo(1, within(1e-12));
        // What was published is what was measured.
        try (NDManager scope = TorchRuntime.start(1).newScope();
                LatentDataset dataset = LatentDataset.open(List.of(folder.resolve("shard")));
                TrainedModel model = TrainedModel.open(chosen, ComputePrecision.FP32, scope)) {
            double mean = model.losses(TinyTraining.GRID, dataset).losses().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow();
            assertThat(mean).isCloseTo(ranking.get(0).validationLoss(), within(1e-12));
        }
    }

    @Test
    void aKeptAverageIsPublishedBitForBit() throws Exception {
        Path trained = train("sft", EVERY, Optional.of(0.7), 0.05, 0.1);
        PublishedModel source = PublishedModel.in(trained);
        MergeCheckpointsOrder order = new MergeCheckpointsOrder(
                0.5, 4, Optional.of(new Exploration(List.of(), List.of(), TinyTraining.GRID)));
        for (String name : List.of("last", "ema-0.7", "power-0.05")) {
            MergeCandidate candidate = named(source, order, name);
            assertThat(candidate.weights()).hasSize(1);
            String file = candidate.weights().get(0).file();
            float[] expected = read(trained.resolve(file));
            assertThat(sum(trained, candidate)).containsExactly(asDoubles(expected));
        }
        assertThat(Sha256.ofFile(trained.resolve(
                        named(source, order, "last").weights().get(0).file())))
                .isEqualTo(Sha256.ofFile(trained.resolve("model.safetensors")));
    }

    @Test
    void anAverageThatIsPutTogetherIsTheOneThatWouldHaveBeenKeptButForItsProfile() {
        double length = 0.07;
        Path kept = train("kept", EVERY, Optional.empty(), 0.05, length, 0.1);
        Path two = train("two", EVERY, Optional.empty(), 0.05, 0.1);
        // The same training, with the weights after every update.
        Path all = train("all", 1, Optional.of(0.5));
        MergeCheckpointsOrder order = new MergeCheckpointsOrder(
                0.5, 4, Optional.of(new Exploration(List.of(), List.of(length), TinyTraining.GRID)));
        MergeCandidate candidate = named(PublishedModel.in(two), order, "length-" + length);
        double[] made = sum(two, candidate);
        float[] direct = read(average(kept, length));
        double[] left = profileDifference(two, candidate, length);
        double[] expected = new double[direct.length];
        for (int update = 1; update <= UPDATES; update++) {
            float[] weights = read(all.resolve("checkpoints/update-%08d.safetensors".formatted(update)));
            for (int i = 0; i < expected.length; i++) {
                expected[i] += left[update - 1] * weights[i];
            }
        }
        double size = candidate.weights().stream()
                .mapToDouble(each -> Math.abs(each.weight()))
                .sum();
        for (int i = 0; i < direct.length; i++) {
            // Of what is added up each has two dozen roundings of fp32 of weights under 1, 3e-8 each.
            assertThat(made[i] - direct[i]).isCloseTo(expected[i], within((size + 1) * 24 * 3e-8));
        }
        // Snapshots of two lengths, four times: the fit misses a few hundredths of the profile, and so does the
        // average.
        assertThat(candidate.error().orElseThrow()).isBetween(1e-4, 0.15);
        double between = distance(asDoubles(read(average(kept, 0.05))), asDoubles(read(average(kept, 0.1))));
        assertThat(distance(made, asDoubles(direct))).isLessThan(0.15 * between);
    }

    /** What the sum of profiles gives to the weights after each update, less what the profile asked for gives. */
    private static double[] profileDifference(Path trained, MergeCandidate candidate, double length) {
        Map<String, ModelDescription.Snapshot> byFile = new HashMap<>();
        PublishedModel.in(trained).description().snapshots().forEach(each -> byFile.put(each.file(), each));
        double[] difference = new double[UPDATES];
        for (int update = 1; update <= UPDATES; update++) {
            difference[update - 1] = -new PowerProfile(length).weight(update, UPDATES, 1);
            for (Weight part : candidate.weights()) {
                if (update <= part.update()) {
                    WeightAverage.Power power =
                            (WeightAverage.Power) byFile.get(part.file()).average();
                    difference[update - 1] += part.weight() * power.profile().weight(update, part.update(), 1);
                }
            }
        }
        return difference;
    }

    @Test
    void withoutSnapshotsOfTwoProfilesNoLengthIsMade() {
        Path one = train("one", EVERY, Optional.of(0.5), 0.1);
        assertThatThrownBy(() -> merge("made", one, List.of(), List.of(0.07)))
                .isInstanceOfSatisfying(
                        WorkFailure.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageContaining("Cannot make an average of relative length 0.07 of the snapshots in")
                .hasMessageContaining("expected those of at least 2 profiles, found 1. Give the stage 'ema:");
        assertThatThrownBy(() -> new Exploration(List.of(), List.of(0.29), TinyTraining.GRID))
                .hasMessageContaining("expected lengths above 0 and below 0.2887, found [0.29]");
        assertThatThrownBy(() -> new FinetuningConfiguration(
                        stage(EVERY, Optional.of(0.5), 0.1),
                        0.1,
                        List.of(),
                        Optional.empty(),
                        4,
                        0.7,
                        List.of(),
                        List.of(0.3)))
                .hasMessageContaining("expected each above 0 and below 0.2887")
                .hasMessageContaining("expected a stage that keeps at least 2 profiles")
                .hasMessageContaining("found 1");
    }

    private static MergeCandidate named(PublishedModel source, MergeCheckpointsOrder order, String name) {
        return MergeCandidate.of(source, order).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double[] sum(Path trained, MergeCandidate candidate) {
        double[] sums = new double[0];
        for (Weight weight : candidate.weights()) {
            float[] values = read(trained.resolve(weight.file()));
            sums = sums.length == 0 ? new double[values.length] : sums;
            for (int i = 0; i < values.length; i++) {
                sums[i] += weight.weight() * values[i];
            }
        }
        return sums;
    }

    private static double distance(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (one[i] - other[i]) * (one[i] - other[i]);
        }
        return Math.sqrt(sum);
    }

    private static double[] asDoubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }

    private static Path average(Path trained, double length) {
        return trained.resolve("averages/update-%08d.power-%s.safetensors".formatted(UPDATES, length));
    }

    private static float[] read(Path file) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            return tensors.floats(FUSED);
        }
    }

    private Path merge(String name, Path trained, List<Double> decays, List<Double> lengths) throws Exception {
        ArtifactRef model = TinyTraining.ref(TaskKind.TRAIN_MODEL, "3");
        ArtifactRef shard = TinyTraining.ref(TaskKind.ENCODE_LATENTS, "1");
        MergeCheckpointsOrder order =
                new MergeCheckpointsOrder(0.5, 3, Optional.of(new Exploration(decays, lengths, TinyTraining.GRID)));
        RecordingTaskContext context = new RecordingTaskContext(
                        folder.resolve(name), TaskKind.MERGE_CHECKPOINTS, order, List.of(model, shard))
                .withInput(model, trained)
                .withInput(shard, folder.resolve("shard"));
        new MergeCheckpointsTask().run(context);
        return context.pendingOutput();
    }

    private Path train(String name, int checkpointEvery, Optional<Double> decay, Double... profiles) {
        TrainingStage stage = stage(checkpointEvery, decay, profiles);
        return tiny.train(
                name, TinyTraining.order(new TrainModelOrder.FlowMatching(stage, UPDATES / checkpointEvery)), Map.of());
    }

    private static TrainingStage stage(int checkpointEvery, Optional<Double> decay, Double... profiles) {
        TrainingStage stage = TinyTraining.stage(UPDATES);
        return new TrainingStage(
                        stage.name(),
                        UPDATES,
                        stage.batch(),
                        stage.phases(),
                        stage.imageShareStart(),
                        stage.imageShareEnd(),
                        stage.firstFrameShare(),
                        stage.captionDropout(),
                        stage.optimizer(),
                        checkpointEvery,
                        stage.seed(),
                        ComputePrecision.FP32)
                .withEma(new WeightAveraging(decay, 1, List.of(profiles), 8, WeightAveraging.Published.LAST));
    }
}
