package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A listed sample whose files have the right shapes; their values have not been looked at.
 *
 * @param listed its line
 * @param shape of the video that its latent stands for
 * @param latentName name of the latent in its file
 * @param textRows rows of the features that belong to the caption, the padding left out
 * @param textWidth width of the features
 */
record ImportedSample(ListedSample listed, VideoShape shape, String latentName, List<Integer> textRows, int textWidth) {
    private static final String FEATURES = "y";
    private static final String MASK = "mask";
    private static final int PIXELS = 8;
    private static final int FRAMES = 8;

    ImportedSample {
        textRows = List.copyOf(textRows);
    }

    /**
     * Reads shapes and mask.
     *
     * @param fps frames a second of the video
     * @throws WorkFailure naming the file that is not as the format has it
     */
    static ImportedSample of(ListedSample listed, double fps) {
        try (TensorSource latent = TensorFiles.open(listed.latent());
                TensorSource text = TensorFiles.open(listed.text())) {
            String name = latentName(latent);
            return new ImportedSample(listed, shape(latent, name, fps), name, textRows(text), (int)
                    text.shape(FEATURES).get(3));
        }
    }

    /** Axes of the latent without a batch of one. */
    Shape latent_CFHW() {
        return new Shape(VaeSize.LATENT_CHANNELS, shape.latentFrames(), shape.latentHeight(), shape.latentWidth());
    }

    /** Name of the features in their file. */
    String featuresName() {
        return FEATURES;
    }

    private static String latentName(TensorSource latent) {
        if (latent.names().size() != 1) {
            throw refused(
                    latent.path(),
                    "it holds %d tensors, expected the latent alone"
                            .formatted(latent.names().size()));
        }
        return latent.names().iterator().next();
    }

    private static VideoShape shape(TensorSource latent, String name, double fps) {
        Shape found = latent.shape(name);
        Shape axes = found.dimension() == 5 && found.get(0) == 1 ? found.slice(1) : found;
        if (axes.dimension() != 4
                || axes.get(0) != VaeSize.LATENT_CHANNELS
                || axes.get(1) < 1
                || !latent.type(name).isReal()) {
            throw refused(
                    latent.path(),
                    "its tensor is %s %s, expected real numbers [24, frames, height, width]"
                            .formatted(latent.type(name), found));
        }
        try {
            int frames = Math.toIntExact(axes.get(1));
            return new VideoShape(
                    Math.multiplyExact(PIXELS, Math.toIntExact(axes.get(3))),
                    Math.multiplyExact(PIXELS, Math.toIntExact(axes.get(2))),
                    frames == 1 ? 1 : Math.multiplyExact(FRAMES, frames),
                    fps);
        } catch (InvalidValuesException | ArithmeticException e) {
            throw refused(
                    latent.path(), "a latent of %s stands for no video shape (%s)".formatted(found, e.getMessage()));
        }
    }

    private static List<Integer> textRows(TensorSource text) {
        if (!text.contains(FEATURES) || !text.contains(MASK)) {
            throw refused(text.path(), "it holds %s, expected '%s' and '%s'".formatted(text.names(), FEATURES, MASK));
        }
        Shape features = text.shape(FEATURES);
        Shape mask = text.shape(MASK);
        boolean fits = features.dimension() == 4
                && features.get(0) == 1
                && features.get(1) == 1
                && features.get(3) > 0
                && mask.equals(new Shape(1, features.get(2)))
                && text.type(FEATURES).isReal()
                && !text.type(MASK).isReal();
        if (!fits) {
            throw refused(
                    text.path(),
                    "its features are %s %s and its mask is %s %s, expected real numbers [1, 1, tokens, width] and truths [1, tokens]"
                            .formatted(text.type(FEATURES), features, text.type(MASK), mask));
        }
        List<Integer> rows = new ArrayList<>();
        long[] truths = text.longs(MASK);
        for (int row = 0; row < truths.length; row++) {
            if (truths[row] != 0) {
                rows.add(row);
            }
        }
        if (rows.isEmpty()) {
            throw refused(text.path(), "its mask leaves no token");
        }
        return rows;
    }

    private static WorkFailure refused(Path file, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot import '%s': %s. Make it again, or leave the sample out.".formatted(file, fact));
    }
}
