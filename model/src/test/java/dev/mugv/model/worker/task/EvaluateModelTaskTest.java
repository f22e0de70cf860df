package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.format.EvaluateModelOrder;
import dev.mugv.model.format.GenerationItem.Conditioning;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.ModelEvaluation;
import dev.mugv.model.format.ModelEvaluation.Sample;
import dev.mugv.model.format.ValidationCells;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.media.FrameReader;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateModelTaskTest {
    @TempDir
    private Path folder;

    private TinyPipeline pipeline;
    private EvaluateModelOrder order;

    @BeforeEach
    void prepare() throws IOException {
        pipeline = TinyPipeline.create(folder);
        order = new EvaluateModelOrder(
                "proxy",
                List.of(new ValidationGrid(List.of(pipeline.clipId()), TinyPipeline.SHAPE, 2, 9)),
                pipeline.settings(),
                List.of(pipeline.textToVideo(), pipeline.imageToVideo()));
    }

    @Test
    void publishesLossVideosSheetsAndScores() throws Exception {
        ModelEvaluation found = evaluate("one", order);

        // Untrained: the velocity is near zero, so the loss is near the target's mean square, 1 (noise) + latent's.
        assertThat(found.losses())
                .singleElement()
                .satisfies(l -> assertThat(l.loss()).isBetween(0.5, 20.0));
        ValidationCells cells = Json.read(output("one").resolve(ValidationCells.FILE_NAME), ValidationCells.class);
        assertThat(cells.grids()).singleElement().satisfies(grid -> {
            assertThat(grid.losses()).hasSize(2);
            assertThat(grid.mean()).isEqualTo(found.losses().get(0).loss());
        });
        assertThat(found.samples())
                .extracting(Sample::conditioning)
                .containsExactly(Conditioning.PROMPT, Conditioning.FIRST_FRAME);
        assertThat(found.samples()).allSatisfy(sample -> {
            assertThat(sample.scores())
                    .containsKeys("temporal-flicker", "motion-smoothness", "motion", "dynamic-degree");
            assertThat(sample.scores().values()).allMatch(Double::isFinite);
            assertThat(output("one").resolve(sample.sheet())).isNotEmptyFile();
        });
        assertThat(found.samples().get(0).firstFrame()).isEmpty();
        assertThat(output("one").resolve(found.samples().get(1).firstFrame())).isNotEmptyFile();
        assertThat(found.samples().get(1).scores()).containsKey("first-frame-psnr");
    }

    @Test
    void writesVideosAsLongAsTheirShape() throws Exception {
        ModelEvaluation found = evaluate("one", order);

        assertThat(frames(found.samples().get(0).video())).isEqualTo(16);
        // One latent frame is given: the picture itself and the eight frames of the other.
        assertThat(frames(found.samples().get(1).video())).isEqualTo(9);
    }

    @Test
    void givesTheSameBytesAgain() throws Exception {
        evaluate("one", order);
        evaluate("two", order);

        try (Stream<Path> files = Files.walk(output("one"))) {
            assertThat(files.filter(Files::isRegularFile).toList())
                    .hasSize(8)
                    .allSatisfy(file -> assertThat(
                                    output("two").resolve(output("one").relativize(file)))
                            .hasSameBinaryContentAs(file));
        }
    }

    @Test
    void refusesToSampleWithAnotherTextEncoderThanTheOneThatEncodedTheCaptions() {
        GenerationSettings settings = order.settings();
        EvaluateModelOrder stale = new EvaluateModelOrder(
                "proxy",
                order.grids(),
                new GenerationSettings(settings.shape(), settings.sampler(), settings.text(), "0".repeat(64)),
                order.items());

        assertThatThrownBy(() -> evaluate("one", stale))
                .isInstanceOf(WorkFailure.class)
                .hasMessage("Cannot generate samples: expected text encoder %s, which encoded the captions, found %s. "
                                .formatted("0".repeat(64), settings.textEncoderSha256())
                        + "Restore its folder, or encode the clips again.");
    }

    @Test
    void refusesLatentsOfAnotherVae() throws IOException {
        Path shard = folder.resolve("shard/shard.json");
        LatentShard described = Json.read(shard, LatentShard.class);
        LatentShard foreign = shard("0".repeat(64), described, "");
        String key = foreign.latentKey(foreign.latents().get(0));
        Files.writeString(shard, Json.pretty(shard("0".repeat(64), described, key)));

        assertThatThrownBy(() -> evaluate("one", order)).hasMessageContaining("found those of VAE " + "0".repeat(64));
    }

    private static LatentShard shard(String vaeSha256, LatentShard like, String key) {
        LatentShard.Latent latent = like.latents().get(0);
        return new LatentShard(
                vaeSha256,
                like.textEncoderSha256(),
                like.state(),
                like.elementType(),
                List.of(new LatentShard.Latent(
                        latent.clipId(),
                        latent.videoSha256(),
                        latent.firstFrame(),
                        latent.endFrame(),
                        latent.shape(),
                        key)),
                like.texts(),
                like.omissions(),
                like.faults());
    }

    @Test
    void leavesWhenItIsAskedTo() {
        assertThatThrownBy(() -> new EvaluateModelTask()
                        .run(pipeline.context("one", TaskKind.EVALUATE_MODEL, order)
                                .stopAfter(2)))
                .isInstanceOf(StopRequestedException.class)
                .hasMessage("stopped after 1 of 2 samples");
    }

    private ModelEvaluation evaluate(String name, EvaluateModelOrder given) throws IOException {
        new EvaluateModelTask().run(pipeline.context(name, TaskKind.EVALUATE_MODEL, given));
        return Json.read(output(name).resolve(ModelEvaluation.FILE_NAME), ModelEvaluation.class);
    }

    private Path output(String name) {
        return folder.resolve(name).resolve("output");
    }

    private int frames(String video) {
        int count = 0;
        try (FrameReader reader = FrameReader.open(output("one").resolve(video), 1)) {
            while (reader.advance()) {
                count++;
            }
        }
        return count;
    }
}
