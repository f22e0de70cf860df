package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.mugv.model.golden.TensorError;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Reads the published model's numbers and compares with them. */
public final class Golden {
    /** fp32 against fp32 on another BLAS, by the golden files' README. */
    public static final double OUTPUT = TensorError.OUTPUT_TOLERANCE;

    /** The same for gradients, which sum over more terms. */
    public static final double GRADIENT = TensorError.GRADIENT_TOLERANCE;

    private Golden() {}

    public static Path path(String file) {
        try {
            return Path.of(Golden.class.getResource("/golden/" + file).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static SafetensorsFile open(String name) {
        return SafetensorsFile.open(path(name + ".safetensors"));
    }

    /** Fails unless the relative L2 error is at most the tolerance; NaN fails. */
    public static void requireClose(String what, float[] actual, float[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double error = TensorError.relative(actual, expected);
        assertThat(error <= tolerance)
                .as("%s: relative error %.3g", what, error)
                .isTrue();
    }

    public static void requireClose(String what, NDArray actual, float[] expected, double tolerance) {
        requireClose(what, actual.toFloatArray(), expected, tolerance);
    }

    public static float[] floats(FloatBuffer buffer) {
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
