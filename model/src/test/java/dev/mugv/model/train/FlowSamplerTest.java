package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.flow.FlowMatching;
import dev.mugv.model.flow.TimestepShift;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowSamplerTest {
    private static final int UPDATES = 2000;
    private static final int BATCH = 3;

    @TempDir
    Path folder;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private LatentDataset dataset;
    private LatentLibrary latents;

    @BeforeEach
    void writeLatents() {
        new TinyTraining(folder);
        dataset = LatentDataset.open(List.of(folder.resolve("shard")));
        latents = new LatentLibrary(dataset, scope);
    }

    @AfterEach
    void close() {
        dataset.close();
        scope.close();
    }

    /** Of 6,000 draws: four standard deviations are 0.026 at a share of one half. */
    @Test
    void imagesGivenFramesAndCaptionsComeAtTheRatesOfTheStage() {
        List<FlowSample> all = samples(stage(0.5));
        double images = share(all, sample -> sample.shape().isImage());
        assertThat(images).isCloseTo(0.5, within(0.026));
        List<FlowSample> videos =
                all.stream().filter(sample -> !sample.shape().isImage()).toList();
        List<FlowSample> given = videos.stream()
                .filter(sample -> sample.cleanFrames().equals(Set.of(0)))
                .toList();
        assertThat(given.size() / (double) videos.size()).isCloseTo(0.4, within(0.04));
        assertThat(share(given, FlowSamplerTest::isDropped)).isCloseTo(0.5, within(0.06));
        List<FlowSample> others =
                all.stream().filter(sample -> sample.cleanFrames().isEmpty()).toList();
        assertThat(others.size() + given.size()).isEqualTo(all.size());
        assertThat(share(others, FlowSamplerTest::isDropped)).isCloseTo(0.1, within(0.02));
    }

    /** A video of 32x32 and 2 latent frames has the ratio sqrt(2) / 16; its image 1 / 16: the median moves there. */
    @Test
    void theMedianTimestepIsThatOfTheShapesShift() {
        List<FlowSample> all = samples(stage(0.5));
        for (boolean image : new boolean[] {true, false}) {
            List<FlowSample> some =
                    all.stream().filter(s -> s.shape().isImage() == image).toList();
            double ratio = image ? 1 / 16.0 : Math.sqrt(2) / 16;
            double median = ratio / (1 + ratio);
            assertThat(share(some, sample -> sample.timestep() < median)).isCloseTo(0.5, within(0.04));
            assertThat(FlowMatching.timestep(0, TimestepShift.of(some.get(0).shape())))
                    .isCloseTo(median, within(1e-12));
        }
    }

    @Test
    void anUpdatesSamplesDependOnNothingThatCameBefore() {
        FlowSampler sampler = new FlowSampler(stage(0.5), TinyTraining.TRAINING_CLIPS, latents);
        List<FlowSample> direct = sampler.samples(77);
        sampler.samples(3);
        List<FlowSample> again = new FlowSampler(stage(0.5), TinyTraining.TRAINING_CLIPS, latents).samples(77);
        assertThat(sampler.samples(77)).usingRecursiveComparison().isEqualTo(direct);
        assertThat(again).usingRecursiveComparison().isEqualTo(direct);
    }

    private List<FlowSample> samples(TrainingStage stage) {
        FlowSampler sampler = new FlowSampler(stage, TinyTraining.TRAINING_CLIPS, latents);
        List<FlowSample> all = new ArrayList<>();
        for (long update = 1; update <= UPDATES; update++) {
            all.addAll(sampler.samples(update));
        }
        assertThat(all).hasSize(UPDATES * BATCH);
        return all;
    }

    private static TrainingStage stage(double images) {
        return new TrainingStage(
                "sampled",
                UPDATES,
                BATCH,
                List.of(new ShapePhase(1, TinyTraining.SMALL)),
                images,
                images,
                0.4,
                new CaptionDropout(CaptionDropout.Kind.SAMPLE, 0.1, 0.5),
                TinyTraining.OPTIMIZER,
                100,
                4,
                ComputePrecision.FP32);
    }

    private static boolean isDropped(FlowSample sample) {
        return sample.caption() instanceof ShownCaption.Dropped;
    }

    private static double share(List<FlowSample> samples, java.util.function.Predicate<FlowSample> which) {
        return samples.stream().filter(which).count() / (double) samples.size();
    }
}
