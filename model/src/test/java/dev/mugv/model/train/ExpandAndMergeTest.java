package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.format.CheckpointMerge;
import dev.mugv.model.format.ExpandWidthOrder;
import dev.mugv.model.format.ExpandWidthOrder.CancellingNoise;
import dev.mugv.model.format.ExpandWidthOrder.NoNoise;
import dev.mugv.model.format.ExpandWidthOrder.PlainNoise;
import dev.mugv.model.format.MergeCheckpointsOrder;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.WidthExpansion;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.worker.task.ExpandWidthTask;
import dev.mugv.model.worker.task.MergeCheckpointsTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpandAndMergeTest {
    private static final String FUSED = "blocks.0.attn.qkv.weight";

    @TempDir
    Path folder;

    private TinyTraining tiny;
    private Path proxy;

    @BeforeEach
    void trainAProxy() {
        tiny = new TinyTraining(folder);
        proxy = tiny.train("proxy", flow(20, 3), Map.of());
    }

    @Test
    void theWideModelComputesWhatTheProxyDoes() throws Exception {
        for (int factor : new int[] {2, 3}) {
            Path wide = run("wide-" + factor, new ExpandWidthOrder(factor, new NoNoise(), 1));
            WidthExpansion evidence = TinyTraining.read(wide, "expansion.json", WidthExpansion.class);
            assertThat(evidence.to().width()).isEqualTo(72 * factor);
            // The bound of the issue: sums of twice or three times as many products in fp32, outputs of size 1.
            assertThat(evidence.differenceBeforeNoise()).isLessThanOrEqualTo(1e-5);
            assertThat(evidence.differenceAfterNoise()).isEqualTo(evidence.differenceBeforeNoise());
            assertThat(evidence.largestOutput()).isGreaterThan(0.1);
        }
    }

    @Test
    void cancellingNoiseChangesTheWeightsAndNotTheFunction() throws Exception {
        for (int factor : new int[] {2, 3}) {
            Path exact = run("exact-" + factor, new ExpandWidthOrder(factor, new NoNoise(), 1));
            Path noisy = run("noisy-" + factor, new ExpandWidthOrder(factor, new CancellingNoise(20), 1));
            WidthExpansion evidence = TinyTraining.read(noisy, "expansion.json", WidthExpansion.class);
            // Rounding of noise a tenth of the weights' size, where exact copies have none.
            assertThat(evidence.differenceAfterNoise()).isLessThanOrEqualTo(2e-5);
            double ratio = relativeDistance(values(exact), values(noisy));
            // 20 dB is a tenth in amplitude; 15,552 draws and more put the estimate within 3 %.
            assertThat(ratio).isCloseTo(0.1, within(0.003));
        }
    }

    @Test
    void plainNoiseChangesTheFunctionALittle() throws Exception {
        Path noisy = run("noisy", new ExpandWidthOrder(2, new PlainNoise(40), 1));
        WidthExpansion evidence = TinyTraining.read(noisy, "expansion.json", WidthExpansion.class);
        assertThat(evidence.differenceAfterNoise()).isGreaterThan(1e-4).isLessThan(0.2 * evidence.largestOutput());
        Path again = run("again", new ExpandWidthOrder(2, new PlainNoise(40), 1));
        assertThat(Sha256.ofFile(again.resolve("model.safetensors")))
                .isEqualTo(Sha256.ofFile(noisy.resolve("model.safetensors")));
    }

    @Test
    void theWideModelIsTrainedFromWhereTheProxyEndedAndItsCopiesPart() throws Exception {
        Path wide = run("wide", new ExpandWidthOrder(2, new CancellingNoise(30), 1));
        DitSize size =
                TinyTraining.read(wide, "model.json", ModelDescription.class).size();
        TrainModelOrder order = new TrainModelOrder(
                size, flow(10, 0).objective(), TinyTraining.TRAINING_CLIPS, TinyTraining.GRID, ParallelMode.FAST);
        Path trained = tiny.train("stage", order, Map.of(TaskKind.EXPAND_WIDTH, wide));
        TrainingSummary ended = TinyTraining.read(proxy, "summary.json", TrainingSummary.class);
        TrainingSummary began = TinyTraining.read(trained, "summary.json", TrainingSummary.class);
        // The same function up to rounding, so the same loss up to rounding.
        assertThat(began.firstValidationLoss()).isCloseTo(ended.lastValidationLoss(), within(1e-5));
        assertThat(began.lastValidationLoss()).isLessThan(began.firstValidationLoss());
        float[] bias = values(trained, "blocks.0.mlp.fc1.bias");
        assertThat(bias[0]).as("copies part").isNotEqualTo(bias[4 * 72]);
    }

    @Test
    void refusesToTrainAModelOfAnotherSize() throws Exception {
        Path wide = run("wide", new ExpandWidthOrder(2, new NoNoise(), 1));
        assertThatThrownBy(() -> tiny.train("stage", flow(10, 0), Map.of(TaskKind.EXPAND_WIDTH, wide)))
                .hasMessageContaining("width=72")
                .hasMessageContaining("width=144");
    }

    @Test
    void mergingIsTheExponentiallyWeightedMean() throws Exception {
        TrainModelOrder order = flow(30, 3);
        Path trained = tiny.train("sft", order, Map.of());
        Path merged = run("merged", trained, TaskKind.MERGE_CHECKPOINTS, new MergeCheckpointsOrder(0.5, 3));
        List<CheckpointMerge.Weight> weights =
                TinyTraining.read(merged, "merge.json", CheckpointMerge.class).weights();
        assertThat(weights).extracting(CheckpointMerge.Weight::update).containsExactly(10, 20, 30);
        assertThat(weights).extracting(CheckpointMerge.Weight::weight).containsExactly(1 / 7.0, 2 / 7.0, 4 / 7.0);
        float[] result = values(merged);
        for (int i = 0; i < result.length; i += 97) {
            double expected = 0;
            for (CheckpointMerge.Weight weight : weights) {
                Path file = trained.resolve("checkpoints/update-%08d.safetensors".formatted(weight.update()));
                expected += weight.weight() * read(file, FUSED)[i];
            }
            // One rounding to fp32 of values below 1.
            assertThat((double) result[i]).isCloseTo(expected, within(6e-8));
        }
    }

    @Test
    void mergingOneCheckpointIsThatCheckpoint() throws Exception {
        Path merged = run("merged", proxy, TaskKind.MERGE_CHECKPOINTS, new MergeCheckpointsOrder(0.9, 1));
        assertThat(Sha256.ofFile(merged.resolve("model.safetensors")))
                .isEqualTo(Sha256.ofFile(proxy.resolve("model.safetensors")));
    }

    private Path run(String name, ExpandWidthOrder order) throws Exception {
        return run(name, proxy, TaskKind.EXPAND_WIDTH, order);
    }

    private Path run(String name, Path input, TaskKind kind, Object parameters) throws Exception {
        ArtifactRef ref = TinyTraining.ref(TaskKind.TRAIN_MODEL, "3");
        RecordingTaskContext context =
                new RecordingTaskContext(folder.resolve(name), kind, parameters, List.of(ref)).withInput(ref, input);
        WorkTask task = kind == TaskKind.EXPAND_WIDTH ? new ExpandWidthTask() : new MergeCheckpointsTask();
        task.run(context);
        return context.pendingOutput();
    }

    private static TrainModelOrder flow(int updates, int kept) {
        return TinyTraining.order(new TrainModelOrder.FlowMatching(TinyTraining.stage(updates), kept));
    }

    private static float[] values(Path artifact) {
        return values(artifact, FUSED);
    }

    private static float[] values(Path artifact, String name) {
        return read(artifact.resolve("model.safetensors"), name);
    }

    private static float[] read(Path file, String name) {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            return tensors.floats(name);
        }
    }

    private static double relativeDistance(float[] expected, float[] found) {
        double distance = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            distance += Math.pow(expected[i] - found[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(distance / size);
    }
}
