package dev.mugv.model.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.AdversarialTraining;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.parallel.GradientSum;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.BatchMeasure;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The losses together: what reaches the VideoVAE's parameters, and by which weight. */
class VaeObjectiveTest {
    private static final VideoShape SHAPE = new VideoShape(16, 16, 16, 8);
    private static final OptimizerConfiguration OPTIMIZER =
            new OptimizerConfiguration(2e-4, 1e-5, 1, 0.9, 0.99, 1e-8, 0.01, 1);
    private static final String LAST = "spatial_vae.module.decoder.conv_out.weight";
    private static final String LAST_BIAS = "spatial_vae.module.decoder.conv_out.bias";

    @TempDir
    Path folder;

    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void free() {
        scope.close();
    }

    @Test
    void theGradientIsThatOfTheLossWithAllItsParts() {
        VaeTraining all = training(0.4, 1, adversarial(AdversarialTraining.Balance.FIXED, 0.3));
        try (Trained trained = new Trained(all)) {
            BatchMeasure measure = trained.measure(2);
            FloatBuffer gradient = trained.vae.parameters().gradient(LAST_BIAS);
            FloatBuffer bias = trained.vae.parameters().values(LAST_BIAS);
            assertThat(measure.figures())
                    .containsKeys(
                            "salient-error",
                            "perceptual-distance",
                            "adversarial-loss",
                            "discriminator-loss",
                            "kl-divergence");
            float expected = gradient.get(1);
            float before = bias.get(1);
            // A shift of all pixels changes no Laplacian, so the weights by saliency stay as they are. fp32 losses of
            // about 1 leave
            // four digits of a difference over this step.
            float step = 5e-3f;
            bias.put(1, before + step);
            double above = trained.measure(2).loss();
            bias.put(1, before - step);
            double below = trained.measure(2).loss();
            assertThat((above - below) / (2 * step)).isCloseTo(expected, within(2e-2 * Math.abs(expected) + 1e-3));
        }
    }

    @Test
    void theAdaptiveWeightIsTheRatioOfBothGradientsAtTheLastLayer() {
        float[] alone = lastGradient(training(0, 0, AdversarialTraining.NONE));
        float[] both = lastGradient(training(0, 0, adversarial(AdversarialTraining.Balance.FIXED, 1)));
        double adversarial = 0;
        double reconstruction = 0;
        for (int i = 0; i < alone.length; i++) {
            adversarial += Math.pow(both[i] - (double) alone[i], 2);
            reconstruction += Math.pow(alone[i], 2);
        }
        double expected = 0.3 * Math.sqrt(reconstruction) / (Math.sqrt(adversarial) + 1e-4);
        try (Trained trained = new Trained(training(0, 0, adversarial(AdversarialTraining.Balance.ADAPTIVE, 0.3)))) {
            double found = trained.measure(2).figures().getOrDefault("adversarial-weight", Double.NaN);
            // The difference of two fp32 gradients has lost some of its digits.
            assertThat(found).isCloseTo(expected, within(1e-2 * expected));
        }
    }

    @Test
    void theDiscriminatorHasNoPartBeforeItsFirstUpdateAndLearnsFromThenOn() {
        AdversarialTraining late = new AdversarialTraining(
                3,
                0.1,
                AdversarialTraining.Balance.ADAPTIVE,
                8,
                2,
                new OptimizerConfiguration(2e-3, 2e-3, 0, 0.5, 0.9, 1e-8, 0, 1));
        try (Trained trained = new Trained(training(0, 0, late))) {
            assertThat(trained.measure(2).figures()).doesNotContainKey("discriminator-loss");
            trained.reconstruction.applied(2);
            double first = discriminatorLoss(trained, 3);
            for (int i = 0; i < 10; i++) {
                trained.reconstruction.applied(3);
                discriminatorLoss(trained, 3);
            }
            assertThat(discriminatorLoss(trained, 3)).isLessThan(0.8 * first);
            assertThat(trained.reconstruction.carried()).containsOnlyKeys("discriminator", "discriminator-optimizer");
        }
    }

    private static double discriminatorLoss(Trained trained, long update) {
        return trained.measure(update).figures().getOrDefault("discriminator-loss", Double.NaN);
    }

    private float[] lastGradient(VaeTraining training) {
        try (Trained trained = new Trained(training)) {
            trained.measure(2);
            FloatBuffer gradient = trained.vae.parameters().gradient(LAST);
            float[] values = new float[gradient.limit()];
            gradient.get(values);
            return values;
        }
    }

    private static AdversarialTraining adversarial(AdversarialTraining.Balance balance, double weight) {
        return new AdversarialTraining(1, weight, balance, 8, 2, OPTIMIZER);
    }

    private static VaeTraining training(double perceptual, int saliencyFrom, AdversarialTraining adversarial) {
        return new VaeTraining(SHAPE, 5, 1, 1, 0.5, 1e-3, perceptual, saliencyFrom, adversarial, OPTIMIZER, 3, 7);
    }

    private final class Trained implements AutoCloseable {
        final VideoVae vae = VideoVae.untrained(scope, new VaeSize(List.of(32, 32, 32, 32), 32, 1), 7);
        final PerceptualNetwork network =
                PerceptualNetwork.open(SeededPerceptualNetwork.write(folder.resolve("net.pt")));
        final VaeReconstruction reconstruction;

        Trained(VaeTraining training) {
            Path video = SampleVideos.named("bridge-orbit.mp4");
            String hash = Sha256.ofFile(video);
            ClipSource clip = new ClipSource(ClipSource.idOf(hash, 0, 60), video, hash, 0, 60, 30);
            reconstruction = new VaeReconstruction(
                    vae,
                    training,
                    new VaeReconstruction.Clips(List.of(clip), List.of(clip)),
                    Optional.of(network),
                    Ranks.alone(),
                    scope);
        }

        BatchMeasure measure(long update) {
            vae.parameters().zeroGradients();
            return reconstruction.addGradients(update, new GradientSum(vae.parameters(), Ranks.alone()));
        }

        @Override
        public void close() {
            reconstruction.close();
            network.close();
            vae.close();
        }
    }
}
