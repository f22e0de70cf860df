package dev.mugv.model.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The latents and captions' features of several shards as one set. Every entry's key is checked against the shard's
 * encoders, and all shards must come from the same ones, so that latents of different encoders are never mixed. Values are
 * mapped from the files when they are asked for.
 */
public final class LatentDataset implements AutoCloseable {
    private record Place(SafetensorsFile file, String tensor) {}

    private final String vaeSha256;
    private final String textEncoderSha256;
    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, Map<String, Place>> latentsByShape = new TreeMap<>();
    private final Map<String, Place> texts = new TreeMap<>();

    private LatentDataset(LatentShard first) {
        vaeSha256 = first.vaeSha256();
        textEncoderSha256 = first.textEncoderSha256();
    }

    /**
     * Opens shards.
     *
     * @param shards folders of published artifacts, at least one
     * @throws WorkFailure CORRUPT naming the file that is damaged, truncated or lacks an entry; INVALID_REQUEST naming the
     *     shard that other encoders made, or that repeats another one's entry
     */
    public static LatentDataset open(List<Path> shards) {
        if (shards.isEmpty()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot open the latents: expected at least one shard, found none. Encode latents first.");
        }
        LatentDataset dataset = new LatentDataset(description(shards.get(0)));
        try {
            for (Path shard : shards) {
                dataset.add(shard, description(shard));
            }
            return dataset;
        } catch (RuntimeException e) {
            dataset.close();
            throw e;
        }
    }

    /** Hash of the VideoVAE's weights that encoded all latents. */
    public String vaeSha256() {
        return vaeSha256;
    }

    /** Hash of the text encoder that encoded all captions. */
    public String textEncoderSha256() {
        return textEncoderSha256;
    }

    /**
     * Holds the latents against a VideoVAE.
     *
     * @param expected hash of its weights
     * @throws WorkFailure INVALID_REQUEST if another one encoded them
     */
    public LatentDataset requireVae(String expected) {
        if (!vaeSha256.equals(expected)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot use the latents: expected those of VAE %s, found those of VAE %s. Encode the clips again."
                            .formatted(expected, vaeSha256));
        }
        return this;
    }

    /** Clips that have a latent of this shape, sorted. */
    public List<String> clipIds(VideoShape shape) {
        return List.copyOf(ofShape(shape).keySet());
    }

    public boolean contains(String clipId, VideoShape shape) {
        return ofShape(shape).containsKey(clipId);
    }

    /**
     * The normalised latents of some clips as one batch latent_BCFHW of the scope.
     *
     * @throws WorkFailure INVALID_REQUEST naming the clip that has none of this shape
     */
    public NDArray latents(NDManager scope, List<String> clipIds, VideoShape shape) {
        Shape one = shapeOf(shape);
        int count = Math.toIntExact(one.size());
        NDArray latent_BCFHW = scope.create(new Shape(clipIds.size()).addAll(one), DataType.FLOAT32);
        FloatBuffer values = EngineMemory.floats(latent_BCFHW);
        for (int b = 0; b < clipIds.size(); b++) {
            Place place = ofShape(shape).get(clipIds.get(b));
            if (place == null) {
                throw absent("latent of clip " + clipIds.get(b) + " at shape " + shape.label());
            }
            place.file().read(place.tensor(), values.slice(b * count, count));
        }
        return latent_BCFHW;
    }

    /**
     * The features text_SD of a clip's caption, unpadded, in the scope; {@link LatentShard#NULL_CAPTION} stands for the
     * empty caption.
     *
     * @throws WorkFailure INVALID_REQUEST if there are none
     */
    public NDArray text(NDManager scope, String clipId) {
        Place place = texts.get(clipId);
        if (place == null) {
            throw absent("caption of clip " + clipId);
        }
        return place.file().array(scope, place.tensor());
    }

    /** Width D of the captions' features. */
    public int textWidth() {
        Place place = texts.values().iterator().next();
        return Math.toIntExact(place.file().shape(place.tensor()).get(1));
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }

    private void add(Path folder, LatentShard shard) {
        requireSameEncoders(folder, shard);
        SafetensorsFile latents = open(folder.resolve(LatentShard.LATENTS_FILE_NAME));
        SafetensorsFile features = open(folder.resolve(LatentShard.TEXT_FILE_NAME));
        for (LatentShard.Latent entry : shard.latents()) {
            if (!entry.key().equals(shard.latentKey(entry))) {
                throw corrupt(
                        latents,
                        "the key of '%s' is not that of its clip, encoders and shape".formatted(entry.tensor()));
            }
            require(latents, entry.tensor(), shapeOf(entry.shape()));
            Place before = latentsByShape
                    .computeIfAbsent(entry.shape().label(), label -> new TreeMap<>())
                    .put(entry.clipId(), new Place(latents, entry.tensor()));
            if (before != null) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot open the latents: '%s' stands in '%s' and in '%s'. Give every shard once."
                                .formatted(entry.tensor(), before.file().path(), latents.path()));
            }
        }
        addTexts(shard, features);
    }

    private void addTexts(LatentShard shard, SafetensorsFile features) {
        for (LatentShard.Text entry : shard.texts()) {
            if (!features.names().contains(entry.tensor())
                    || features.shape(entry.tensor()).dimension() != 2) {
                throw corrupt(features, "it holds no features '%s'".formatted(entry.tensor()));
            }
            if (!entry.key().equals(LatentShard.textKey(entry.caption(), textEncoderSha256))) {
                throw corrupt(
                        features, "the key of '%s' is not that of its caption and encoder".formatted(entry.tensor()));
            }
            texts.put(entry.clipId(), new Place(features, entry.tensor()));
        }
    }

    private void requireSameEncoders(Path folder, LatentShard shard) {
        if (!shard.vaeSha256().equals(vaeSha256) || !shard.textEncoderSha256().equals(textEncoderSha256)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot open the latents in '%s': expected VAE %s and text encoder %s, found %s and %s. Encode its clips again."
                            .formatted(
                                    folder,
                                    vaeSha256,
                                    textEncoderSha256,
                                    shard.vaeSha256(),
                                    shard.textEncoderSha256()));
        }
    }

    private SafetensorsFile open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        files.add(file);
        return file;
    }

    private Map<String, Place> ofShape(VideoShape shape) {
        return latentsByShape.getOrDefault(shape.label(), Map.of());
    }

    private static LatentShard description(Path folder) {
        return Json.read(folder.resolve(LatentShard.FILE_NAME), LatentShard.class);
    }

    private static Shape shapeOf(VideoShape shape) {
        return new Shape(VaeSize.LATENT_CHANNELS, shape.latentFrames(), shape.latentHeight(), shape.latentWidth());
    }

    private static void require(SafetensorsFile file, String tensor, Shape expected) {
        if (!file.names().contains(tensor)) {
            throw corrupt(file, "it holds no tensor '%s'".formatted(tensor));
        }
        if (!file.shape(tensor).equals(expected) || file.type(tensor) != ElementType.F32) {
            throw corrupt(
                    file,
                    "tensor '%s' is %s %s, expected F32 %s"
                            .formatted(tensor, file.type(tensor), file.shape(tensor), expected));
        }
    }

    private static WorkFailure corrupt(SafetensorsFile file, String fact) {
        return new WorkFailure(
                FailureKind.CORRUPT,
                "Cannot read '%s': %s. Delete the shard's folder to have it encoded again."
                        .formatted(file.path(), fact));
    }

    private static WorkFailure absent(String what) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST, "Cannot find the %s: no shard holds it. Encode it first.".formatted(what));
    }
}
