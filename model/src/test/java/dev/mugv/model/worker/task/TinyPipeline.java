package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.ClipSource;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.text.T5TextEncoder;
import dev.mugv.model.text.TextFeatures;
import dev.mugv.model.vae.FrameTensors;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Published artifacts of an untrained model, VAE and one encoded clip, small enough for a test. */
final class TinyPipeline {
    static final VideoShape SHAPE = new VideoShape(32, 32, 16, 8);
    private static final String CAPTION = "a red square";
    private static final TextConfiguration TEXT = new TextConfiguration(Optional.empty(), 16, 24, 3);
    private static final String TEXT_ENCODER =
            T5TextEncoder.seededIdentity(TEXT.width(), TEXT.seed(), TEXT.maxTokens());
    private static final DitSize SIZE = new DitSize(72, 1, 16, 24);
    private static final ArtifactRef VAE = ref(TaskKind.TRAIN_VAE);
    private static final ArtifactRef MODEL = ref(TaskKind.TRAIN_MODEL);
    private static final ArtifactRef SHARD = ref(TaskKind.ENCODE_LATENTS);

    private final Path root;
    private final ClipSource clip;

    private TinyPipeline(Path root, ClipSource clip) {
        this.root = root;
        this.clip = clip;
    }

    static TinyPipeline create(Path root) throws IOException {
        for (String folder : List.of("vae", "model", "shard")) {
            Files.createDirectory(root.resolve(folder));
        }
        ClipSource clip = SyntheticClip.write(root.resolve("clip.mp4"), 16, 0);
        TinyPipeline pipeline = new TinyPipeline(root, clip);
        TorchRuntime runtime = TorchRuntime.start(1);
        try (NDManager scope = runtime.newScope();
                VideoVae vae = VideoVae.untrained(scope, new VaeSize(List.of(32, 32, 32, 32), 32, 1), 5);
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(SIZE));
                T5TextEncoder text = T5TextEncoder.of(runtime, TEXT)) {
            vae.write(root.resolve("vae/vae.safetensors"), Map.of());
            DitParameters.initialise(parameters, 7);
            Path weights = root.resolve("model").resolve(ModelDescription.WEIGHTS_FILE_NAME);
            parameters.write(weights, Map.of());
            ModelDescription description = new ModelDescription(
                    SIZE, "proxy", 0, parameters.size(), Sha256.ofFile(weights), "test", List.of());
            Files.writeString(root.resolve("model").resolve(ModelDescription.FILE_NAME), Json.pretty(description));
            pipeline.writeShard(vae, text, scope);
        }
        return pipeline;
    }

    private void writeShard(VideoVae vae, T5TextEncoder text, NDManager scope) throws IOException {
        Path folder = root.resolve("shard");
        TextFeatures features = text.encode(CAPTION);
        new SafetensorsWriter(Map.of())
                .add(
                        LatentShard.latentTensor(clip.clipId(), SHAPE),
                        vae.encodeMean(scope, FrameTensors.source(ClipFrames.read(clip, SHAPE)))
                                .squeeze(0))
                .write(folder.resolve(LatentShard.LATENTS_FILE_NAME));
        new SafetensorsWriter(Map.of())
                .add(
                        LatentShard.textTensor(clip.clipId()),
                        new Shape(features.tokens(), features.width()),
                        features.features_SD())
                .write(folder.resolve(LatentShard.TEXT_FILE_NAME));
        describeShard(folder);
    }

    private void describeShard(Path folder) throws IOException {
        String vae = Sha256.ofFile(root.resolve("vae").resolve(VaeDescription.WEIGHTS_FILE_NAME));
        LatentShard.Latent latent = new LatentShard.Latent(
                clip.clipId(), clip.videoSha256(), clip.firstFrame(), clip.endFrame(), SHAPE, "");
        LatentShard shard = new LatentShard(
                vae,
                TEXT_ENCODER,
                LatentShard.State.NORMALISED_MEAN,
                LatentShard.FLOAT32,
                List.of(),
                List.of(new LatentShard.Text(clip.clipId(), CAPTION, LatentShard.textKey(CAPTION, TEXT_ENCODER))),
                List.of(),
                List.of());
        LatentShard.Latent keyed = new LatentShard.Latent(
                latent.clipId(),
                latent.videoSha256(),
                latent.firstFrame(),
                latent.endFrame(),
                latent.shape(),
                shard.latentKey(latent));
        Files.writeString(
                folder.resolve(LatentShard.FILE_NAME),
                Json.pretty(new LatentShard(
                        vae,
                        TEXT_ENCODER,
                        shard.state(),
                        shard.elementType(),
                        List.of(keyed),
                        shard.texts(),
                        List.of(),
                        List.of())));
    }

    String clipId() {
        return clip.clipId();
    }

    GenerationSettings settings() {
        return new GenerationSettings(SHAPE, new SamplerConfiguration(2, 3, "blurry", 100), TEXT, TEXT_ENCODER);
    }

    GenerationItem textToVideo() {
        return new GenerationItem(clip.clipId(), CAPTION, Optional.empty());
    }

    GenerationItem imageToVideo() {
        return new GenerationItem(clip.clipId(), CAPTION, Optional.of(clip));
    }

    /** A task's surroundings whose output lies in the folder of this name. */
    RecordingTaskContext context(String name, TaskKind task, Object order) {
        return new RecordingTaskContext(root.resolve(name), task, order, List.of(MODEL, VAE, SHARD))
                .withInput(MODEL, root.resolve("model"))
                .withInput(VAE, root.resolve("vae"))
                .withInput(SHARD, root.resolve("shard"));
    }

    private static ArtifactRef ref(TaskKind task) {
        return new ArtifactRef(task, "a".repeat(64), "b".repeat(64));
    }
}
