package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.archive.TorchFileWriter;
import dev.mugv.model.config.AdversarialTraining;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VaeTraining;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.GivenNetwork;
import dev.mugv.model.format.ImportVaeOrder;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainVaeOrder;
import dev.mugv.model.format.TrainingSummary;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.SeededPerceptualNetwork;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainVaeTaskTest {
    private static final VideoShape SHAPE = new VideoShape(16, 16, 16, 8);
    private static final VaeSize SIZE = new VaeSize(List.of(32, 32, 32, 32), 32, 1);
    private static final int UPDATES = 5;

    @TempDir
    static Path folder;

    private static TrainVaeOrder order;
    private static Path trained;

    @BeforeAll
    static void trainOnce() throws IOException {
        Path video = SampleVideos.named("bridge-orbit.mp4");
        String hash = Sha256.ofFile(video);
        VaeTraining training = new VaeTraining(
                SHAPE,
                UPDATES,
                1,
                0.5,
                1e-4,
                new OptimizerConfiguration(2e-4, 1e-5, 1, 0.9, 0.99, 1e-8, 0.01, 1),
                3,
                7);
        order = new TrainVaeOrder(
                SIZE, training, List.of(clip(video, hash, 0), clip(video, hash, 90)), List.of(clip(video, hash, 180)));
        trained = train(context("whole"));
    }

    @Test
    void publishesWeightsMetricsAndASummaryOfALossThatFell() {
        TrainingSummary summary = Json.read(trained.resolve(TrainingSummary.FILE_NAME), TrainingSummary.class);
        List<MetricsLine> metrics = MetricsLine.readAll(trained.resolve(MetricsLine.FILE_NAME));

        assertThat(summary.updates()).isEqualTo(UPDATES);
        assertThat(summary.lastValidationLoss()).isLessThan(summary.firstValidationLoss());
        assertThat(summary.more()).containsKeys("validation-psnr", "validation-squared-error");
        assertThat(metrics).hasSize(UPDATES + 1);
        assertThat(metrics.get(2).figures())
                .containsKeys("loss", "gradient-norm", "seconds-per-update", "samples", "squared-error");
    }

    @Test
    void aStoppedTrainingEndsWithTheSameBits() throws IOException {
        RecordingTaskContext first = context("stopped").stopAfter(4);
        assertThatThrownBy(() -> new TrainVaeTask().run(first)).isInstanceOf(StopRequestedException.class);
        Path resumed = train(context("stopped"));

        for (String file : List.of(VaeDescription.WEIGHTS_FILE_NAME, VaeDescription.FILE_NAME)) {
            assertThat(Sha256.ofFile(resumed.resolve(file))).isEqualTo(Sha256.ofFile(trained.resolve(file)));
        }
    }

    @Test
    void aTrainingWithEveryLossThatWasStoppedEndsWithTheSameBits() throws IOException {
        Path network = SeededPerceptualNetwork.write(folder.resolve("perceptual.pt"));
        AdversarialTraining adversarial = new AdversarialTraining(
                3,
                0.1,
                AdversarialTraining.Balance.ADAPTIVE,
                8,
                2,
                order.training().optimizer());
        VaeTraining training = new VaeTraining(
                SHAPE,
                UPDATES,
                1,
                1,
                0.5,
                1e-4,
                0.2,
                2,
                adversarial,
                order.training().optimizer(),
                2,
                7);
        TrainVaeOrder full = new TrainVaeOrder(
                SIZE,
                training,
                order.trainingClips(),
                order.validationClips(),
                Optional.of(new GivenNetwork(network, Sha256.ofFile(network))),
                ParallelMode.FAST);
        Path whole = train(context("full", full));
        RecordingTaskContext first = context("full-stopped", full).stopAfter(4);
        assertThatThrownBy(() -> new TrainVaeTask().run(first)).isInstanceOf(StopRequestedException.class);
        Path resumed = train(context("full-stopped", full));

        assertThat(Sha256.ofFile(resumed.resolve(VaeDescription.WEIGHTS_FILE_NAME)))
                .isEqualTo(Sha256.ofFile(whole.resolve(VaeDescription.WEIGHTS_FILE_NAME)))
                .isNotEqualTo(Sha256.ofFile(trained.resolve(VaeDescription.WEIGHTS_FILE_NAME)));
        List<MetricsLine> metrics = MetricsLine.readAll(resumed.resolve(MetricsLine.FILE_NAME));
        assertThat(metrics.get(1).figures())
                .containsKey("perceptual-distance")
                .doesNotContainKeys("salient-error", "adversarial-loss");
        assertThat(metrics.get(2).figures()).containsKey("salient-error").doesNotContainKey("adversarial-loss");
        assertThat(metrics.get(3).figures()).containsKeys("adversarial-loss", "discriminator-loss");
        assertThat(Json.read(resumed.resolve(TrainingSummary.FILE_NAME), TrainingSummary.class)
                        .more())
                .containsKey("validation-perceptual-distance");
    }

    @Test
    void measuresANormalisationThatGivesTheTrainingLatentsMean0AndDeviation1() {
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae vae = VideoVae.load(scope, trained.resolve(VaeDescription.WEIGHTS_FILE_NAME))) {
            double[] sums = new double[VaeSize.LATENT_CHANNELS];
            double[] squares = new double[VaeSize.LATENT_CHANNELS];
            int count = 0;
            for (ClipSource clip : order.trainingClips()) {
                float[] latent = vae.encodeMean(scope, FrameTensors.source(ClipFrames.read(clip, SHAPE)))
                        .toFloatArray();
                int perChannel = latent.length / VaeSize.LATENT_CHANNELS;
                for (int i = 0; i < latent.length; i++) {
                    sums[i / perChannel] += latent[i];
                    squares[i / perChannel] += latent[i] * latent[i];
                }
                count += perChannel;
            }
            for (int channel = 0; channel < VaeSize.LATENT_CHANNELS; channel++) {
                // fp32 latents against sums in double, and other kernels than in training: far above both errors.
                assertThat(Math.abs(sums[channel] / count) <= 1e-3)
                        .as("mean %d", channel)
                        .isTrue();
                assertThat(Math.abs(squares[channel] / count - 1) <= 1e-2)
                        .as("variance %d", channel)
                        .isTrue();
            }
        }
    }

    @Test
    void importsAFileOfTheSameWeightsAsTheSameArtifact() throws IOException {
        Path file = trained.resolve(VaeDescription.WEIGHTS_FILE_NAME);
        RecordingTaskContext context = importing("imported", file, Sha256.ofFile(file));
        new ImportVaeTask().run(context);
        VaeDescription before = Json.read(trained.resolve(VaeDescription.FILE_NAME), VaeDescription.class);
        VaeDescription after =
                Json.read(context.pendingOutput().resolve(VaeDescription.FILE_NAME), VaeDescription.class);

        assertThat(after.weightsSha256()).isEqualTo(before.weightsSha256());
        assertThat(after.size()).isEqualTo(SIZE);
        assertThat(after.scale()).isEqualTo(before.scale());
        assertThat(after.origin()).isEqualTo(VaeDescription.Origin.IMPORTED);
        assertThat(before.origin()).isEqualTo(VaeDescription.Origin.TRAINED);
    }

    @Test
    void importsAFileOfTorchAsTheSameArtifact() throws IOException {
        Path file = folder.resolve("trained.pt");
        try (TensorSource weights = TensorFiles.open(trained.resolve(VaeDescription.WEIGHTS_FILE_NAME))) {
            new TorchFileWriter(weights).write(file);
        }
        RecordingTaskContext context = importing("from-torch", file, Sha256.ofFile(file));
        new ImportVaeTask().run(context);

        assertThat(Json.read(context.pendingOutput().resolve(VaeDescription.FILE_NAME), VaeDescription.class)
                        .weightsSha256())
                .isEqualTo(Json.read(trained.resolve(VaeDescription.FILE_NAME), VaeDescription.class)
                        .weightsSha256());
    }

    @Test
    void refusesToImportAVaeWithAWeightThatIsNotANumber() throws IOException {
        Path file = folder.resolve("diverged.safetensors");
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae vae = VideoVae.untrained(scope, SIZE, 1)) {
            vae.parameters().values("temporal_vae.quant_conv.conv.bias").put(3, Float.NaN);
            vae.write(file, Map.of());
        }
        assertThatThrownBy(() -> new ImportVaeTask().run(importing("diverged", file, Sha256.ofFile(file))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot use '" + file + "'")
                .hasMessageContaining("'temporal_vae.quant_conv.conv.bias' holds NaN at element 3");
    }

    @Test
    void refusesToImportWhatIsNoVideoVae() throws IOException {
        Path pickled = Files.writeString(folder.resolve("vae.pt"), "PK");
        Path other = folder.resolve("other.safetensors");
        new SafetensorsWriter(Map.of())
                .add("step", new ai.djl.ndarray.types.Shape(1), 1L)
                .write(other);
        Path absent = folder.resolve("absent.safetensors");

        assertThatThrownBy(() -> new ImportVaeTask().run(importing("a", pickled, Sha256.ofFile(pickled))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("vae.pt")
                .hasMessageContaining("it is not a whole zip file");
        assertThatThrownBy(() -> new ImportVaeTask().run(importing("b", other, Sha256.ofFile(other))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot use '" + other + "' as a VideoVAE");
        assertThatThrownBy(() -> new ImportVaeTask().run(importing("c", other, "0".repeat(64))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected SHA-256 " + "0".repeat(64));
        assertThatThrownBy(() -> new ImportVaeTask().run(importing("d", absent, "0".repeat(64))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("there is no such file");
    }

    @Test
    void refusesClipsThatAreAllTooShort() {
        ClipSource source = order.trainingClips().get(0);
        ClipSource tooShort =
                new ClipSource(source.clipId(), source.video(), source.videoSha256(), 0, 10, source.fps());
        TrainVaeOrder refused = new TrainVaeOrder(SIZE, order.training(), List.of(tooShort), List.of(tooShort));

        assertThatThrownBy(() -> new TrainVaeTask()
                        .run(new RecordingTaskContext(folder.resolve("short"), TaskKind.TRAIN_VAE, refused, List.of())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot cut crops of 16x16x16@8.0")
                .hasMessageContaining("0.33");
    }

    private static RecordingTaskContext importing(String name, Path file, String sha256) {
        return new RecordingTaskContext(
                folder.resolve(name), TaskKind.IMPORT_VAE, new ImportVaeOrder(file, sha256), List.of());
    }

    private static RecordingTaskContext context(String name) {
        return context(name, order);
    }

    private static RecordingTaskContext context(String name, TrainVaeOrder of) {
        return new RecordingTaskContext(folder.resolve(name), TaskKind.TRAIN_VAE, of, List.of());
    }

    private static Path train(RecordingTaskContext context) throws IOException {
        new TrainVaeTask().run(context);
        try (SafetensorsFile file =
                SafetensorsFile.open(context.pendingOutput().resolve(VaeDescription.WEIGHTS_FILE_NAME))) {
            assertThat(file.names()).contains("scale", "shift", "logvar");
        }
        return context.pendingOutput();
    }

    private static ClipSource clip(Path video, String hash, int first) {
        return new ClipSource(ClipSource.idOf(hash, first, first + 60), video, hash, first, first + 60, 30);
    }
}
