package dev.mugv.model.dit;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Names, shapes and first values of the transformer's parameters (mugv.md, sections 3.6, 3.2 and 5.3). */
public final class DitParameters {
    /** Channels of a latent. */
    public static final int LATENT_CHANNELS = 24;

    /** Channels of the output: the velocity, then as many that nothing uses (a left-over variance head). */
    public static final int OUTPUT_CHANNELS = 2 * LATENT_CHANNELS;

    /** The null caption's name; present only in a model trained with caption dropout. */
    public static final String NULL_CAPTION = "y_embedder.y_embedding";

    static final int WAVES = 256;
    private static final int PATCH = 4;
    private static final int MODULATIONS = 6;
    private static final double TOKEN_DEVIATION = 0.02;
    private static final double PUBLISHED_DEVIATION = 0.014;
    private static final int PUBLISHED_WIDTH = 3456;

    private DitParameters() {}

    /** Every parameter of a released model of this size, in the published order; allocates nothing. */
    public static List<ParameterShape> shapes(DitSize size) {
        int d = size.width();
        List<ParameterShape> shapes = new ArrayList<>();
        shapes.add(new ParameterShape("start_token", d));
        shapes.add(new ParameterShape("end_token", d));
        shapes.add(new ParameterShape("x_embedder.proj.weight", d, LATENT_CHANNELS, 1, 2, 2));
        shapes.add(new ParameterShape("x_embedder.proj.bias", d));
        linear(shapes, "t_embedder.mlp.0", d, WAVES);
        linear(shapes, "t_embedder.mlp.2", d, d);
        linear(shapes, "fps_embedder.mlp.0", d, WAVES);
        linear(shapes, "fps_embedder.mlp.2", d, d);
        linear(shapes, "t_block.1", MODULATIONS * d, d);
        linear(shapes, "y_embedder.y_proj.fc1", d, size.textWidth());
        linear(shapes, "y_embedder.y_proj.fc2", d, d);
        for (int i = 0; i < size.layers(); i++) {
            block(shapes, "blocks." + i + ".", d);
        }
        shapes.add(new ParameterShape("final_layer.scale_shift_table", 2, d));
        linear(shapes, "final_layer.linear", PATCH * OUTPUT_CHANNELS, d);
        return List.copyOf(shapes);
    }

    /** The same with the null caption's table, for training with caption dropout. */
    public static List<ParameterShape> shapesWithNullCaption(DitSize size) {
        List<ParameterShape> shapes = new ArrayList<>(shapes(size));
        shapes.add(new ParameterShape(NULL_CAPTION, size.maxTextTokens(), size.textWidth()));
        return List.copyOf(shapes);
    }

    /**
     * Gives every parameter its first value, a pure function of seed, name and index.
     *
     * <p>Biases 0; norm weights 1; tokens of deviation 0.02; tables of deviation 1/sqrt(their width); matrices of deviation
     * 0.014 · sqrt(3456 / D), which is the published 0.014 at the published width and keeps activations of one size at any.
     */
    public static void initialise(ParameterSet parameters, long seed) {
        initialise(parameters, (int) parameters.get("start_token").size(), seed);
    }

    /** The same for some of the parameters of a model of this width. */
    public static void initialise(ParameterSet parameters, int width, long seed) {
        double matrix = PUBLISHED_DEVIATION * Math.sqrt((double) PUBLISHED_WIDTH / width);
        for (ParameterShape shape : parameters.shapes()) {
            String name = shape.name();
            FloatBuffer values = parameters.values(name);
            if (name.endsWith("norm.weight")) {
                fill(values, 1);
            } else if (name.endsWith(".bias")) {
                fill(values, 0);
            } else {
                CounterNoise.of(seed, "dit-init", CounterNoise.counter(name)).fillGaussian(values);
                scale(values, deviation(shape, matrix));
            }
        }
    }

    private static double deviation(ParameterShape parameter, double matrix) {
        if (parameter.name().endsWith("_token")) {
            return TOKEN_DEVIATION;
        }
        boolean table = parameter.name().endsWith("scale_shift_table")
                || parameter.name().equals(NULL_CAPTION);
        return table ? 1 / Math.sqrt(parameter.shape().get(1)) : matrix;
    }

    private static void fill(FloatBuffer values, float value) {
        for (int i = 0; i < values.limit(); i++) {
            values.put(i, value);
        }
    }

    private static void scale(FloatBuffer values, double factor) {
        for (int i = 0; i < values.limit(); i++) {
            values.put(i, (float) (values.get(i) * factor));
        }
    }

    private static void linear(List<ParameterShape> shapes, String name, int out, int in) {
        shapes.add(new ParameterShape(name + ".weight", out, in));
        shapes.add(new ParameterShape(name + ".bias", out));
    }

    private static void block(List<ParameterShape> shapes, String prefix, int d) {
        shapes.add(new ParameterShape(prefix + "scale_shift_table", MODULATIONS, d));
        linear(shapes, prefix + "attn.qkv", 3 * d, d);
        shapes.add(new ParameterShape(prefix + "attn.q_norm.weight", DitSize.HEAD_WIDTH));
        shapes.add(new ParameterShape(prefix + "attn.k_norm.weight", DitSize.HEAD_WIDTH));
        linear(shapes, prefix + "attn.proj", d, d);
        shapes.add(new ParameterShape(prefix + "cross_attn_norm.weight", d));
        shapes.add(new ParameterShape(prefix + "cross_attn_norm.bias", d));
        linear(shapes, prefix + "cross_attn.q_linear", d, d);
        linear(shapes, prefix + "cross_attn.kv_linear", 2 * d, d);
        shapes.add(new ParameterShape(prefix + "cross_attn.q_norm.weight", DitSize.HEAD_WIDTH));
        shapes.add(new ParameterShape(prefix + "cross_attn.k_norm.weight", DitSize.HEAD_WIDTH));
        linear(shapes, prefix + "cross_attn.proj", d, d);
        linear(shapes, prefix + "mlp.fc1", 4 * d, d);
        linear(shapes, prefix + "mlp.fc2", d, 4 * d);
    }
}
