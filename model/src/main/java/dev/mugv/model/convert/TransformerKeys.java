package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The size of a transformer, read off the keys and shapes of its state dict, so that the whole can then be held against that
 * size.
 *
 * @param size of the model; the longest caption is that of the null caption's table, 300 without one
 * @param shapes every tensor of a state dict of that size, the null caption's table only if it is there
 */
record TransformerKeys(DitSize size, List<ParameterShape> shapes) {
    /** Tensors of one axis, the width; none of them is cut for tensor parallelism. */
    private static final List<String> WIDTHS =
            List.of("start_token", "end_token", "x_embedder.proj.bias", "t_embedder.mlp.2.bias");

    private static final String TEXT = "y_embedder.y_proj.fc1.weight";
    private static final int MOST_TEXT_TOKENS = 300;

    TransformerKeys {
        shapes = List.copyOf(shapes);
    }

    /** Whether a source looks like a transformer under its published names, whole or not. */
    static boolean areIn(TensorSource source) {
        return Stream.concat(WIDTHS.stream(), Stream.of(TEXT)).anyMatch(source::contains)
                || source.names().stream().anyMatch(name -> name.startsWith("blocks."));
    }

    /**
     * Reads the size.
     *
     * @param naming gives the source's name for a published one
     * @param layers matches the names of a layer's tensors, its number as the first group
     * @throws WorkFailure of kind INVALID_REQUEST if there is no such size
     */
    static TransformerKeys of(TensorSource source, UnaryOperator<String> naming, Pattern layers) {
        long width = WIDTHS.stream()
                .flatMap(name -> found(source, naming.apply(name), 1).stream())
                .findFirst()
                .orElseThrow(() -> refused(source.path(), "it holds none of " + WIDTHS))
                .get(0);
        Shape text = found(source, naming.apply(TEXT), 2)
                .orElseThrow(() -> refused(source.path(), "it holds no matrix '" + naming.apply(TEXT) + "'"));
        Optional<Shape> caption = found(source, naming.apply(DitParameters.NULL_CAPTION), 2);
        try {
            DitSize size = new DitSize(
                    Math.toIntExact(width),
                    layers(source, layers),
                    Math.toIntExact(text.get(1)),
                    Math.toIntExact(caption.map(shape -> shape.get(0)).orElse((long) MOST_TEXT_TOKENS)));
            return new TransformerKeys(
                    size, caption.isPresent() ? DitParameters.shapesWithNullCaption(size) : DitParameters.shapes(size));
        } catch (InvalidValuesException | ArithmeticException e) {
            throw refused(source.path(), "no size has its shapes (" + e.getMessage() + ")");
        }
    }

    private static Optional<Shape> found(TensorSource source, String name, int axes) {
        return source.contains(name) && source.shape(name).dimension() == axes
                ? Optional.of(source.shape(name))
                : Optional.empty();
    }

    private static int layers(TensorSource source, Pattern pattern) {
        int most = 0;
        for (String name : source.names()) {
            Matcher matcher = pattern.matcher(name);
            if (matcher.lookingAt()) {
                most = Math.max(most, Integer.parseInt(matcher.group(1)) + 1);
            }
        }
        return most;
    }

    private static WorkFailure refused(Path path, String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot use '%s' as a MUG-DiT: %s. Give a state dict of the published architecture."
                        .formatted(path, fact));
    }
}
