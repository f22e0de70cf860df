package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.format.CaptionedClip;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.EncodeLatentsOrder;
import dev.mugv.model.format.ImportVaeOrder;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.SampleVideos;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodeLatentsTaskTest {
    private static final VideoShape VIDEO = new VideoShape(16, 16, 16, 8);
    private static final VideoShape LONG = new VideoShape(16, 16, 80, 8);
    private static final TextConfiguration TEXT = new TextConfiguration(Optional.empty(), 16, 12, 1);

    @TempDir
    static Path folder;

    private static ArtifactRef vaeRef;
    private static Path vaeFolder;
    private static ClipSource good;
    private static ClipSource other;
    private static ClipSource damaged;

    @BeforeAll
    static void publishAVae() throws IOException {
        Path weights = folder.resolve("weights.safetensors");
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae vae = VideoVae.untrained(scope, new VaeSize(List.of(32, 32, 32, 32), 32, 1), 5)) {
            vae.scale().put(0, 2);
            vae.write(weights, Map.of());
        }
        RecordingTaskContext importing = new RecordingTaskContext(
                folder.resolve("vae"),
                TaskKind.IMPORT_VAE,
                new ImportVaeOrder(weights, Sha256.ofFile(weights)),
                List.of());
        new ImportVaeTask().run(importing);
        vaeFolder = importing.pendingOutput();
        vaeRef = new ArtifactRef(TaskKind.IMPORT_VAE, "0".repeat(64), "1".repeat(64));
        Path video = SampleVideos.named("thrown-ball.mp4");
        good = clip(video, 0);
        other = clip(video, 60);
        byte[] bytes = Files.readAllBytes(video);
        damaged = clip(Files.write(folder.resolve("damaged.mp4"), Arrays.copyOf(bytes, 3000)), 0);
    }

    @Test
    void writesLatentsAndTextThatTheDatasetReads() throws IOException {
        Path shard = encode(context("plain", good, other));
        try (NDManager scope = TorchRuntime.start(1).newScope();
                LatentDataset dataset = LatentDataset.open(List.of(shard));
                VideoVae vae = VideoVae.load(scope, vaeFolder.resolve(VaeDescription.WEIGHTS_FILE_NAME))) {
            String weights = Json.read(vaeFolder.resolve(VaeDescription.FILE_NAME), VaeDescription.class)
                    .weightsSha256();
            dataset.requireVae(weights);
            float[] expected = vae.encodeMean(scope, FrameTensors.source(ClipFrames.read(good, VIDEO)))
                    .toFloatArray();

            assertThat(dataset.clipIds(VIDEO)).containsExactlyInAnyOrder(good.clipId(), other.clipId());
            assertThat(dataset.latents(scope, List.of(good.clipId()), VIDEO).toFloatArray())
                    .isEqualTo(expected);
            assertThat(dataset.latents(scope, List.of(good.clipId()), VIDEO.image())
                            .getShape())
                    .isEqualTo(new Shape(1, 24, 1, 2, 2));
            assertThat(dataset.clipIds(LONG)).isEmpty();
            assertThat(dataset.textWidth()).isEqualTo(16);
            assertThat(dataset.text(scope, LatentShard.NULL_CAPTION).getShape().get(0))
                    .isPositive();
        }
        assertThat(description(shard).omissions())
                .contains(new LatentShard.Omission(good.clipId(), LONG))
                .hasSize(2);
    }

    @Test
    void namesAnUnreadableClipAndGoesOn() throws IOException {
        Path shard = encode(context("faults", damaged, good));
        LatentShard description = description(shard);

        assertThat(description.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.clipId()).isEqualTo(damaged.clipId());
            assertThat(fault.message()).contains("damaged.mp4");
        });
        assertThat(description.latents()).extracting(LatentShard.Latent::clipId).containsOnly(good.clipId());
    }

    @Test
    void aStoppedShardGoesOnWithTheClipsItHasAndEndsWithTheSameBytes() throws IOException {
        Path whole = encode(context("whole", good, other));
        RecordingTaskContext stopped = context("stopped", good, other).stopAfter(1);
        assertThatThrownBy(() -> new EncodeLatentsTask().run(stopped))
                .isInstanceOf(StopRequestedException.class)
                .hasMessage("stopped after 1 of 2 clips");
        assertThat(pieces(stopped)).hasSize(1);
        Path resumed = encode(context("stopped", good, other));

        for (String file : List.of(LatentShard.LATENTS_FILE_NAME, LatentShard.TEXT_FILE_NAME, LatentShard.FILE_NAME)) {
            assertThat(Files.readAllBytes(resumed.resolve(file))).isEqualTo(Files.readAllBytes(whole.resolve(file)));
        }
        assertThat(pieces(stopped)).isEmpty();
    }

    @Test
    void aDamagedPieceOfAnEarlierAttemptIsMadeAgain() throws IOException {
        Path whole = encode(context("undamaged", good, other));
        RecordingTaskContext stopped = context("mended", good, other).stopAfter(1);
        assertThatThrownBy(() -> new EncodeLatentsTask().run(stopped)).isInstanceOf(StopRequestedException.class);
        Path piece = pieces(stopped).get(0);
        byte[] bytes = Files.readAllBytes(piece);
        bytes[bytes.length - 1] ^= 1;
        Files.write(piece, bytes);
        Path resumed = encode(context("mended", good, other));

        assertThat(Files.readAllBytes(resumed.resolve(LatentShard.LATENTS_FILE_NAME)))
                .isEqualTo(Files.readAllBytes(whole.resolve(LatentShard.LATENTS_FILE_NAME)));
    }

    @Test
    void anotherVaeGivesOtherKeys() throws IOException {
        LatentShard shard = description(encode(context("keys", good)));
        LatentShard restated = new LatentShard(
                "f".repeat(64),
                shard.textEncoderSha256(),
                shard.state(),
                shard.elementType(),
                shard.latents(),
                shard.texts(),
                shard.omissions(),
                shard.faults());

        assertThat(shard.latents()).allSatisfy(entry -> {
            assertThat(entry.key()).isEqualTo(shard.latentKey(entry));
            assertThat(entry.key()).isNotEqualTo(restated.latentKey(entry));
        });
    }

    private static RecordingTaskContext context(String name, ClipSource... clips) {
        List<CaptionedClip> captioned = Stream.of(clips)
                .map(clip -> new CaptionedClip(clip, "a ball, seen from frame " + clip.firstFrame()))
                .toList();
        EncodeLatentsOrder order = new EncodeLatentsOrder(captioned, List.of(VIDEO, VIDEO.image(), LONG), TEXT, "");
        return new RecordingTaskContext(folder.resolve(name), TaskKind.ENCODE_LATENTS, order, List.of(vaeRef))
                .withInput(vaeRef, vaeFolder);
    }

    private static Path encode(RecordingTaskContext context) throws IOException {
        new EncodeLatentsTask().run(context);
        return context.pendingOutput();
    }

    private static LatentShard description(Path shard) {
        return Json.read(shard.resolve(LatentShard.FILE_NAME), LatentShard.class);
    }

    private static List<Path> pieces(RecordingTaskContext context) throws IOException {
        try (Stream<Path> files = Files.list(context.durableFolder())) {
            return files.toList();
        }
    }

    private static ClipSource clip(Path video, int first) {
        String hash = Sha256.ofFile(video);
        return new ClipSource(ClipSource.idOf(hash, first, first + 60), video, hash, first, first + 60, 25);
    }
}
