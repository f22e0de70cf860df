package dev.mugv.model.vae;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.ScriptModule;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A perceptual distance of pictures by a network that somebody else trained (mugv.md, section 2.6): a TorchScript file whose {@code
 * forward} takes two batches of pictures [N, 3, H, W] in [-1, 1] and gives N distances in any shape, as LPIPS does.
 *
 * <p>The file is used as it was saved: in evaluation mode, best with weights that require no gradient, or the engine works theirs out
 * too.
 */
public final class PerceptualNetwork implements AutoCloseable {
    /** Pictures that the network sees at once: its features are far larger than they are. */
    private static final int PICTURES = 4;

    private final Path file;
    private final ScriptModule module;

    private PerceptualNetwork(Path file, ScriptModule module) {
        this.file = file;
        this.module = module;
    }

    /**
     * Loads a network.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the file holds no TorchScript module
     */
    public static PerceptualNetwork open(Path file) {
        return new PerceptualNetwork(file, ScriptModule.ofFile(file));
    }

    /**
     * Mean distance of pictures, nothing recorded.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} when the network takes no such pictures, or gives something else
     *     than a finite distance for each
     */
    public double mean(NDArray one_NCHW, NDArray other_NCHW) {
        double[] sum = {0};
        pieces(one_NCHW, other_NCHW, distances -> {
            for (float distance : distances.toFloatArray()) {
                sum[0] += distance;
            }
        });
        return sum[0] / one_NCHW.getShape().get(0);
    }

    /**
     * The same, and its gradient times a weight added to a leaf.
     *
     * @param leaf_NCHW made by {@link Autograd#leaf}
     */
    double addGradient(NDArray pixel_NCHW, NDArray leaf_NCHW, double weight) {
        long pictures = pixel_NCHW.getShape().get(0);
        double[] sum = {0};
        Autograd.recorded(() -> {
            pieces(pixel_NCHW, leaf_NCHW, distances -> {
                for (float distance : distances.toFloatArray()) {
                    sum[0] += distance;
                }
                NDArray share = distances.getManager().full(distances.getShape(), (float) (weight / pictures));
                Autograd.backward(distances, share);
            });
            return null;
        });
        return sum[0] / pictures;
    }

    private void pieces(NDArray one_NCHW, NDArray other_NCHW, Consumer<NDArray> use) {
        long pictures = one_NCHW.getShape().get(0);
        for (long from = 0; from < pictures; from += PICTURES) {
            long to = Math.min(pictures, from + PICTURES);
            try (NDManager local = one_NCHW.getManager().newSubManager()) {
                NDArray one = one_NCHW.get(new NDIndex("{}:{}", from, to));
                NDArray other = other_NCHW.get(new NDIndex("{}:{}", from, to));
                one.attach(local);
                other.attach(local);
                use.accept(distances(local, one, other));
            }
        }
    }

    private NDArray distances(NDManager local, NDArray one_NCHW, NDArray other_NCHW) {
        NDArray distances;
        try {
            distances = module.call("forward").with(one_NCHW).with(other_NCHW).one(local);
        } catch (EngineException e) {
            throw refused(
                    "it fails on two batches of shape %s (%s)"
                            .formatted(
                                    one_NCHW.getShape(),
                                    e.toString().lines().findFirst().orElse("")),
                    e);
        }
        long pictures = one_NCHW.getShape().get(0);
        if (distances.size() != pictures) {
            throw refused(
                    "expected %d distances for %d pictures, found shape %s"
                            .formatted(pictures, pictures, distances.getShape()),
                    null);
        }
        for (float distance : distances.toFloatArray()) {
            if (!Float.isFinite(distance)) {
                throw refused("expected finite distances, found " + distance, null);
            }
        }
        return distances;
    }

    private WorkFailure refused(String fact, @Nullable Throwable cause) {
        String message =
                "Cannot use perceptual network '%s': %s. Save a module that takes two batches of pictures [N, 3, H, W] in [-1, 1] and gives N distances, or remove 'vae.perceptual-network'."
                        .formatted(file, fact);
        return cause == null
                ? new WorkFailure(FailureKind.INVALID_REQUEST, message)
                : new WorkFailure(FailureKind.INVALID_REQUEST, message, cause);
    }

    @Override
    public void close() {
        module.close();
    }
}
