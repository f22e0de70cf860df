package dev.mugv.model.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/**
 * Latents and caption features in memory: what was used last is kept, up to a limit, after it was checked to be finite. One
 * thread at a time.
 */
final class LatentLibrary {
    private static final long CACHED_VALUES = 64L << 20;

    private final LatentDataset dataset;
    private final NDManager scope;
    private final LinkedHashMap<String, FloatBuffer> cache = new LinkedHashMap<>(64, 0.75f, true);
    private long cachedValues;

    /**
     * @param dataset stays the caller's
     */
    LatentLibrary(LatentDataset dataset, NDManager scope) {
        this.dataset = dataset;
        this.scope = scope;
    }

    boolean holds(String clipId, VideoShape shape) {
        return dataset.contains(clipId, shape);
    }

    /** Normalised latent, row-major {@code [C,F,H,W]}. */
    FloatBuffer latent_CFHW(String clipId, VideoShape shape) {
        return values(
                "latent of clip %s at shape %s".formatted(clipId, shape.label()),
                local -> dataset.latents(local, List.of(clipId), shape));
    }

    /** Caption features, row-major {@code [S,D]}. */
    FloatBuffer text_SD(String clipId) {
        return values("caption of clip " + clipId, local -> dataset.text(local, clipId));
    }

    /** Width D of the captions' features. */
    int textWidth() {
        return dataset.textWidth();
    }

    private FloatBuffer values(String what, Function<NDManager, NDArray> read) {
        FloatBuffer cached = cache.get(what);
        if (cached != null) {
            return cached;
        }
        try (NDManager local = scope.newSubManager()) {
            return keep(what, FloatBuffer.wrap(read.apply(local).toFloatArray()).asReadOnlyBuffer());
        }
    }

    private FloatBuffer keep(String what, FloatBuffer values) {
        requireFinite(what, values);
        cache.put(what, values);
        cachedValues += values.limit();
        var eldest = cache.entrySet().iterator();
        while (cachedValues > CACHED_VALUES && cache.size() > 1) {
            cachedValues -= eldest.next().getValue().limit();
            eldest.remove();
        }
        return values;
    }

    /**
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming the tensor and the element
     */
    static void requireFinite(String what, FloatBuffer values) {
        GradientNorm.firstNonFinite(values, 0, values.limit()).ifPresent(index -> {
            throw new WorkFailure(
                    FailureKind.CORRUPT,
                    "Cannot train on the %s: expected finite numbers, found %s at element %d. Make it again."
                            .formatted(what, values.get(index), index));
        });
    }
}
