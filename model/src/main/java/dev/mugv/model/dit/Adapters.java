package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * LoRA adapters of a transformer: a linear layer {@code y = W x} becomes {@code W x + factor · B A x} with narrow matrices A
 * (down) and B (up). B begins with zeros, so that an adapted model begins as the model it adapts.
 */
public final class Adapters {
    static final String DOWN = ".lora_A.weight";
    static final String UP = ".lora_B.weight";

    private Adapters() {}

    /** Their parameters, block by block. */
    public static List<ParameterShape> shapes(DitSize size, AdapterConfiguration adapters) {
        List<ParameterShape> shapes = new ArrayList<>();
        for (ParameterShape parameter : DitParameters.shapes(size)) {
            String layer = layer(parameter.name());
            if (adapters.layers().contains(layer)) {
                String prefix = parameter.name().substring(0, parameter.name().length() - ".weight".length());
                long out = parameter.shape().get(0);
                long in = parameter.shape().get(1);
                shapes.add(new ParameterShape(prefix + DOWN, adapters.rank(), in));
                shapes.add(new ParameterShape(prefix + UP, out, adapters.rank()));
            }
        }
        return List.copyOf(shapes);
    }

    /** Gives adapters their first values, a pure function of seed, name and index; other parameters stay as they are. */
    public static void initialise(ParameterSet parameters, long seed) {
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer values = parameters.values(shape.name());
            if (shape.name().endsWith(DOWN)) {
                CounterNoise.of(seed, "adapter-init", CounterNoise.counter(shape.name()))
                        .fillGaussian(values);
                double deviation = 1 / Math.sqrt(shape.shape().get(1));
                for (int i = 0; i < values.limit(); i++) {
                    values.put(i, (float) (values.get(i) * deviation));
                }
            } else if (shape.name().endsWith(UP)) {
                values.put(0, new float[values.limit()]);
            }
        }
    }

    /**
     * Adds what the adapters make to the matrices of their layers; the adapters stay as they are, and are not to be computed with
     * any more. Of a rank's share this is its share of the sum.
     */
    public static void merge(DitWeights weights) {
        double factor = weights.adapters().map(AdapterConfiguration::factor).orElse(0.0);
        for (ParameterShape shape : weights.shapes()) {
            if (shape.name().endsWith(UP)) {
                String layer = shape.name().substring(0, shape.name().length() - UP.length());
                Autograd.unrecorded(() -> {
                    try (NDArray product = weights.get(shape.name()).matMul(weights.get(layer + DOWN));
                            NDArray sum = product.muli(factor)) {
                        return weights.get(layer + ".weight").addi(sum);
                    }
                });
            }
        }
    }

    /** Whether a parameter is one of an adapter. */
    public static boolean isAdapter(String name) {
        return name.endsWith(DOWN) || name.endsWith(UP);
    }

    /** The linear layer whose matrix a parameter is, without its block; empty for others. */
    private static String layer(String name) {
        String[] parts = name.split("\\.", 3);
        String inside = parts.length == 3 && parts[0].equals("blocks") ? parts[2] : "";
        return inside.endsWith(".weight") ? inside.substring(0, inside.length() - ".weight".length()) : "";
    }
}
