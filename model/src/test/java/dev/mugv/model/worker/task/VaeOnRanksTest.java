package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.config.AdversarialTraining;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.GivenNetwork;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainVaeOrder;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.vae.SeededPerceptualNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A VideoVAE that several ranks train, by every loss and the adaptive weight, which all samples decide together. */
class VaeOnRanksTest {
    private static final VideoShape SHAPE = new VideoShape(16, 16, 16, 8);
    private static final VaeSize SIZE = new VaeSize(List.of(32, 32, 32, 32), 32, 1);
    private static final OptimizerConfiguration OPTIMIZER =
            new OptimizerConfiguration(2e-4, 1e-5, 1, 0.9, 0.99, 1e-8, 0.01, 1);
    private static final int UPDATES = 4;
    private static final int BATCH = 3;

    @TempDir
    static Path folder;

    private static Path exact;

    @BeforeAll
    static void trainOnOneRank() throws IOException {
        exact = train("exact", ParallelMode.EXACT, 1);
    }

    // 3 samples on 2 ranks: one has two of them; on 4 ranks one has none.
    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void inExactModeSeveralRanksMakeTheBitsOfOne(int ranks) throws IOException {
        Path several = train("exact-" + ranks, ParallelMode.EXACT, ranks);
        assertThat(hash(several)).isEqualTo(hash(exact));
        for (String figure : List.of("loss", "validation-loss", "adversarial-weight", "discriminator-loss")) {
            assertThat(figures(several, figure))
                    .as(figure)
                    .isNotEmpty()
                    .isEqualTo(figures(exact, figure))
                    .doesNotContain(Double.NaN);
        }
    }

    @Test
    void inFastModeSeveralRanksAreWithinRoundingOfOne() throws IOException {
        Path one = train("fast", ParallelMode.FAST, 1);
        Path several = train("fast-2", ParallelMode.FAST, 2);
        assertThat(figures(several, "adversarial-weight").get(0))
                .isCloseTo(figures(one, "adversarial-weight").get(0), within(1e-3));
        // Before the first update the ranks differ by the order of fp32 sums alone; AdamW makes of a gradient near 0
        // that differs in
        // sign a step of the rate, 2e-4, each way.
        assertThat(figures(several, "loss").get(0))
                .isCloseTo(figures(one, "loss").get(0), within(1e-5));
        assertThat(distance(one, several)).isLessThan(1e-3);
        assertThat(distance(one, exact)).isLessThan(1e-3);
    }

    @Test
    void whatTwoRanksHaveSavedGoesOnOnOne() throws IOException {
        RecordingTaskContext first =
                context("moved", ParallelMode.EXACT).withThreadRanks(2).stopAfter(3);
        assertThatThrownBy(() -> new TrainVaeTask().run(first))
                .isInstanceOf(StopRequestedException.class)
                .hasMessageContaining("after update 3 of 4");
        assertThat(hash(train("moved", ParallelMode.EXACT, 1))).isEqualTo(hash(exact));
    }

    private static Path train(String name, ParallelMode mode, int ranks) throws IOException {
        RecordingTaskContext context = context(name, mode);
        RecordingTaskContext placed = ranks == 1 ? context : context.withThreadRanks(ranks);
        new TrainVaeTask().run(placed);
        return placed.pendingOutput();
    }

    private static RecordingTaskContext context(String name, ParallelMode mode) throws IOException {
        Path video = SampleVideos.named("bridge-orbit.mp4");
        String hash = Sha256.ofFile(video);
        Path network = folder.resolve("perceptual.pt");
        if (!network.toFile().exists()) {
            SeededPerceptualNetwork.write(network);
        }
        AdversarialTraining adversarial =
                new AdversarialTraining(2, 0.1, AdversarialTraining.Balance.ADAPTIVE, 8, 2, OPTIMIZER);
        VaeTraining training =
                new VaeTraining(SHAPE, UPDATES, BATCH, 1, 0.5, 1e-4, 0.2, 2, adversarial, OPTIMIZER, 2, 7);
        TrainVaeOrder order = new TrainVaeOrder(
                SIZE,
                training,
                List.of(clip(video, hash, 0), clip(video, hash, 90)),
                List.of(clip(video, hash, 180), clip(video, hash, 240)),
                Optional.of(new GivenNetwork(network, Sha256.ofFile(network))),
                mode);
        return new RecordingTaskContext(folder.resolve(name), TaskKind.TRAIN_VAE, order, List.of());
    }

    private static String hash(Path output) {
        return Sha256.ofFile(output.resolve(VaeDescription.WEIGHTS_FILE_NAME));
    }

    private static List<Double> figures(Path output, String name) {
        return MetricsLine.readAll(output.resolve(MetricsLine.FILE_NAME)).stream()
                .filter(line -> line.figures().containsKey(name))
                .map(line -> line.figure(name))
                .toList();
    }

    /** Of all weights together, relative. */
    private static double distance(Path expected, Path found) {
        double norm = 0;
        double distance = 0;
        try (SafetensorsFile left = SafetensorsFile.open(expected.resolve(VaeDescription.WEIGHTS_FILE_NAME));
                SafetensorsFile right = SafetensorsFile.open(found.resolve(VaeDescription.WEIGHTS_FILE_NAME))) {
            for (String name : left.names()) {
                float[] one = left.floats(name);
                float[] other = right.floats(name);
                for (int i = 0; i < one.length; i++) {
                    norm += (double) one[i] * one[i];
                    distance += ((double) one[i] - other[i]) * ((double) one[i] - other[i]);
                }
            }
        }
        return Math.sqrt(distance / norm);
    }

    private static ClipSource clip(Path video, String hash, int first) {
        return new ClipSource(ClipSource.idOf(hash, first, first + 60), video, hash, first, first + 60, 30);
    }
}
