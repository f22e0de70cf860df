package dev.mugv.model.text;

import dev.mugv.model.tensor.ParameterShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Size of a T5-v1.1 encoder.
 *
 * @param vocabulary token ids
 * @param width d_model
 * @param heads attention heads
 * @param headWidth d_kv; heads times it need not be the width
 * @param innerWidth d_ff
 * @param layers blocks
 * @param buckets relative-position buckets, both directions together
 * @param maxDistance distance from which on all share the last bucket
 */
public record T5Size(
        int vocabulary, int width, int heads, int headWidth, int innerWidth, int layers, int buckets, int maxDistance) {
    /** The embedding's name. */
    public static final String EMBEDDING = "shared.weight";

    static final String BIAS = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    static final String FINAL_NORM = "encoder.final_layer_norm.weight";

    public T5Size {
        if (vocabulary < 1 || width < 1 || heads < 1 || headWidth < 1 || innerWidth < 1 || layers < 1) {
            throw new IllegalArgumentException("every size must be at least 1");
        }
        if (buckets < 4 || buckets % 4 != 0 || maxDistance <= buckets / 4) {
            throw new IllegalArgumentException("%d buckets to distance %d".formatted(buckets, maxDistance));
        }
    }

    /** Names of a block's parameters in the order its script takes them. */
    static List<String> blockNames(int layer) {
        String attention = "encoder.block." + layer + ".layer.0.";
        String mlp = "encoder.block." + layer + ".layer.1.";
        return List.of(
                attention + "layer_norm.weight",
                attention + "SelfAttention.q.weight",
                attention + "SelfAttention.k.weight",
                attention + "SelfAttention.v.weight",
                attention + "SelfAttention.o.weight",
                mlp + "layer_norm.weight",
                mlp + "DenseReluDense.wi_0.weight",
                mlp + "DenseReluDense.wi_1.weight",
                mlp + "DenseReluDense.wo.weight");
    }

    /** Every parameter of the encoder, by Hugging Face's names. */
    public List<ParameterShape> shapes() {
        long inner = (long) heads * headWidth;
        List<ParameterShape> shapes = new ArrayList<>();
        shapes.add(new ParameterShape(EMBEDDING, vocabulary, width));
        shapes.add(new ParameterShape(BIAS, buckets, heads));
        for (int i = 0; i < layers; i++) {
            List<String> names = blockNames(i);
            long[][] sizes = {
                {width},
                {inner, width},
                {inner, width},
                {inner, width},
                {width, inner},
                {width},
                {innerWidth, width},
                {innerWidth, width},
                {width, innerWidth}
            };
            for (int k = 0; k < sizes.length; k++) {
                shapes.add(new ParameterShape(names.get(k), sizes[k]));
            }
        }
        shapes.add(new ParameterShape(FINAL_NORM, width));
        return List.copyOf(shapes);
    }

    /**
     * Bucket of a distance, as in the T5 paper: half of the buckets for each direction, of these half for single
     * distances and the rest widening by equal ratios.
     *
     * @param distance position of the token attended to minus that of the one that attends
     */
    int bucket(int distance) {
        int half = buckets / 2;
        int exact = half / 2;
        int side = distance > 0 ? half : 0;
        int steps = Math.abs(distance);
        if (steps < exact) {
            return side + steps;
        }
        // In fp32 like the published code, whose rounding decides on the borders.
        float ratio = (float) Math.log((float) steps / exact) / (float) Math.log((double) maxDistance / exact);
        return side + Math.min(half - 1, exact + (int) (ratio * (half - exact)));
    }
}
