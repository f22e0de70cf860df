package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EvaluateVaeOrder;
import dev.mugv.model.format.GivenNetwork;
import dev.mugv.model.format.VaeEvaluation;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.SeededPerceptualNetwork;
import dev.mugv.model.vae.VideoVae;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateVaeTaskTest {
    private static final ArtifactRef VAE = new ArtifactRef(TaskKind.TRAIN_VAE, "a".repeat(64), "b".repeat(64));
    private static final VideoShape SHAPE = new VideoShape(32, 32, 16, 8);

    @TempDir
    private Path folder;

    private EvaluateVaeOrder order;

    @BeforeEach
    void prepare() throws Exception {
        Path vae = Files.createDirectory(folder.resolve("vae"));
        VaeSize narrow = new VaeSize(List.of(32, 32, 32, 32), 32, 1);
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae untrained = VideoVae.untrained(scope, narrow, 5)) {
            untrained.write(vae.resolve("vae.safetensors"), Map.of());
        }
        List<ClipSource> clips = List.of(
                SyntheticClip.write(folder.resolve("red.mp4"), 16, 0),
                SyntheticClip.write(folder.resolve("green.mp4"), 20, 1));
        order = new EvaluateVaeOrder(SHAPE, clips);
    }

    @Test
    void measuresEveryClipAndShowsItBesideItsReconstruction() throws Exception {
        new EvaluateVaeTask().run(context("one"));

        Path output = folder.resolve("one/output");
        VaeEvaluation found = Json.read(output.resolve(VaeEvaluation.FILE_NAME), VaeEvaluation.class);
        assertThat(found.clips())
                .extracting(VaeEvaluation.Clip::clipId)
                .containsExactlyElementsOf(order.shapes().get(0).clips().stream()
                        .map(ClipSource::clipId)
                        .toList());
        assertThat(found.clips()).allSatisfy(clip -> {
            // An untrained decoder paints grey: far from the picture, but no further than black from white.
            assertThat(clip.psnr()).isBetween(3.0, 30.0);
            assertThat(clip.ssim()).isBetween(-0.5, 0.9);
            assertThat(output.resolve(clip.sheet())).isNotEmptyFile();
        });
        assertThat(found.psnr())
                .isCloseTo((found.clips().get(0).psnr() + found.clips().get(1).psnr()) / 2, within(1e-12));
    }

    @Test
    void measuresAtSeveralShapesAndByAPerceptualNetwork() throws Exception {
        Path network = SeededPerceptualNetwork.write(folder.resolve("perceptual.pt"));
        List<ClipSource> clips = order.shapes().get(0).clips();
        VideoShape small = new VideoShape(16, 16, 16, 8);
        order = new EvaluateVaeOrder(
                List.of(
                        new EvaluateVaeOrder.Shape(SHAPE, clips),
                        new EvaluateVaeOrder.Shape(small, clips.subList(0, 1))),
                Optional.of(new GivenNetwork(network, Sha256.ofFile(network))));
        new EvaluateVaeTask().run(context("several"));

        VaeEvaluation found =
                Json.read(folder.resolve("several/output").resolve(VaeEvaluation.FILE_NAME), VaeEvaluation.class);
        assertThat(found.resolutions())
                .extracting(VaeEvaluation.Resolution::shape)
                .containsExactly(SHAPE, small);
        assertThat(found.resolutions())
                .extracting(VaeEvaluation.Resolution::clips)
                .containsExactly(2, 1);
        assertThat(found.resolutions())
                .allSatisfy(each -> assertThat(each.perceptual().orElseThrow()).isPositive());
        assertThat(found.clips()).hasSize(2);
    }

    @Test
    void givesTheSameBytesAgain() throws Exception {
        new EvaluateVaeTask().run(context("one"));
        new EvaluateVaeTask().run(context("two"));

        assertThat(folder.resolve("two/output").resolve(VaeEvaluation.FILE_NAME))
                .hasSameBinaryContentAs(folder.resolve("one/output").resolve(VaeEvaluation.FILE_NAME));
    }

    @Test
    void leavesWhenItIsAskedTo() {
        assertThatThrownBy(() -> new EvaluateVaeTask().run(context("one").stopAfter(1)))
                .isInstanceOf(StopRequestedException.class)
                .hasMessage("stopped after 1 of 2 reconstructions");
    }

    @Test
    void refusesAnOrderWithoutAVae() {
        RecordingTaskContext context =
                new RecordingTaskContext(folder.resolve("one"), TaskKind.EVALUATE_VAE, order, List.of());

        assertThatThrownBy(() -> new EvaluateVaeTask().run(context))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(
                        "Cannot start task 'evaluate-vae': expected one input of [TRAIN_VAE, IMPORT_VAE], found []. "
                                + "Report this.");
    }

    private RecordingTaskContext context(String name) {
        return new RecordingTaskContext(folder.resolve(name), TaskKind.EVALUATE_VAE, order, List.of(VAE))
                .withInput(VAE, folder.resolve("vae"));
    }
}
