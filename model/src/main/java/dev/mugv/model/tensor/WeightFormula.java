package dev.mugv.model.tensor;

import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Weights as a pure function of a parameter's name and an element's index: how files of reference numbers say which weights they
 * were made with, at any size, without shipping them. {@code u(name, i)} in [-1, 1) comes from splitmix64 over the name's CRC-32
 * and the index; norm weights are 1 + 0.1 u, other vectors 0.1 u, modulation tables 0.5 u, and what is left is scaled by its fan-in.
 */
public final class WeightFormula {
    private WeightFormula() {}

    /** Fills every parameter of the set. */
    public static void fill(ParameterSet parameters) {
        // Hundreds of millions of hashes for a model of full size, each by itself: all processors.
        parameters.shapes().parallelStream().forEach(shape -> fill(shape, parameters.values(shape.name())));
    }

    /** Fills one parameter. */
    public static void fill(ParameterShape parameter, FloatBuffer values) {
        CRC32 crc = new CRC32();
        crc.update(parameter.name().getBytes(StandardCharsets.UTF_8));
        long base = crc.getValue() << 32;
        for (int i = 0, n = values.remaining(); i < n; i++) {
            values.put((float) value(parameter, 2 * ((splitMix64(base + i) >>> 11) * 0x1p-53) - 1));
        }
    }

    private static double value(ParameterShape parameter, double u) {
        long[] shape = parameter.shape().getShape();
        String name = parameter.name();
        if (shape.length <= 1) {
            boolean norm = shape.length == 1 && name.contains("norm") && name.endsWith("weight");
            return norm ? 1 + 0.1 * u : 0.1 * u;
        }
        if (name.endsWith("scale_shift_table")) {
            return 0.5 * u;
        }
        long fanIn = 1;
        for (int i = 1; i < shape.length; i++) {
            fanIn *= shape[i];
        }
        return Math.sqrt(3.0 / fanIn) * u;
    }

    private static long splitMix64(long x) {
        long z = x + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
