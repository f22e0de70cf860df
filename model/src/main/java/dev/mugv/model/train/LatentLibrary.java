package dev.mugv.model.train;

import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Latents and caption features of many clips in the published shards of {@code ENCODE_LATENTS}: {@code latent.<clip>.<shape>}
 * {@code [C,F,H,W]}, normalised, and {@code text.<clip>} {@code [S,D]}, without padding.
 *
 * <p>Values are read when they are asked for and the ones last used are kept, up to a limit. One thread at a time.
 */
final class LatentLibrary implements AutoCloseable {
    private static final String LATENTS_FILE_NAME = "latents.safetensors";
    private static final String TEXT_FILE_NAME = "text.safetensors";
    private static final long CACHED_VALUES = 64L << 20;

    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Map<String, SafetensorsFile> places = new HashMap<>();
    private final LinkedHashMap<String, FloatBuffer> cache = new LinkedHashMap<>(64, 0.75f, true);
    private long cachedValues;

    private LatentLibrary() {}

    /** Opens the shards, whose hashes have been checked by whoever handed out the folders. */
    static LatentLibrary open(List<Path> shards) {
        LatentLibrary library = new LatentLibrary();
        for (Path shard : shards) {
            library.add(shard.resolve(LATENTS_FILE_NAME));
            library.add(shard.resolve(TEXT_FILE_NAME));
        }
        return library;
    }

    boolean holds(String clipId, VideoShape shape) {
        return places.containsKey(latentName(clipId, shape)) && places.containsKey(textName(clipId));
    }

    /** Normalised latent, row-major {@code [C,F,H,W]}. */
    FloatBuffer latent_CFHW(String clipId, VideoShape shape) {
        return values(latentName(clipId, shape));
    }

    /** Caption features, row-major {@code [S,D]}. */
    FloatBuffer text_SD(String clipId) {
        return values(textName(clipId));
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }

    private static String latentName(String clipId, VideoShape shape) {
        return "latent." + clipId + "." + shape.label();
    }

    private static String textName(String clipId) {
        return "text." + clipId;
    }

    private void add(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        files.add(file);
        file.names().forEach(name -> places.put(name, file));
    }

    private FloatBuffer values(String name) {
        FloatBuffer cached = cache.get(name);
        return cached == null ? keep(name, read(name)) : cached;
    }

    private FloatBuffer read(String name) {
        SafetensorsFile file = places.get(name);
        if (file == null) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train: no latent shard among the inputs holds '%s'. Encode the clip with this shape first."
                            .formatted(name));
        }
        FloatBuffer values = FloatBuffer.wrap(file.floats(name)).asReadOnlyBuffer();
        GradientNorm.firstNonFinite(values, 0, values.limit()).ifPresent(index -> {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot train on '%s' of '%s': element %d is %s. Encode the shard again."
                            .formatted(name, file.path(), index, values.get(index)));
        });
        return values;
    }

    private FloatBuffer keep(String name, FloatBuffer values) {
        cache.put(name, values);
        cachedValues += values.limit();
        var eldest = cache.entrySet().iterator();
        while (cachedValues > CACHED_VALUES && cache.size() > 1) {
            cachedValues -= eldest.next().getValue().limit();
            eldest.remove();
        }
        return values;
    }
}
