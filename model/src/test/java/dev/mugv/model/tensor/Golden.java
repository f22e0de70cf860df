package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Reads the published model's numbers and compares with them. */
public final class Golden {
    /** fp32 against fp32 on another BLAS, by the golden files' README. */
    public static final double OUTPUT = 1e-5;

    /** The same for gradients, which sum over more terms. */
    public static final double GRADIENT = 1e-4;

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
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < actual.length; i++) {
            difference += ((double) actual[i] - expected[i]) * ((double) actual[i] - expected[i]);
            norm += (double) expected[i] * expected[i];
        }
        double error = norm == 0 ? Math.sqrt(difference) : Math.sqrt(difference / norm);
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
