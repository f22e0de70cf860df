package dev.mugv.model.config;

import java.util.List;

/**
 * LoRA adapters, which are trained instead of the model.
 *
 * @param rank width between the two matrices of an adapter
 * @param alpha what an adapter makes is multiplied by {@code alpha / rank}
 * @param layers linear layers of a block that get one, by their published names
 * @param publication what the stage leaves
 */
public record AdapterConfiguration(
        int rank,
        @Default("16") double alpha,

        @Default("[attn.qkv, attn.proj, cross_attn.q_linear, cross_attn.kv_linear, cross_attn.proj, mlp.fc1, mlp.fc2]")
        List<String> layers,

        @Default("merged") Publication publication) {
    /** The linear layers of a block, in the order in which the model takes their adapters. */
    public static final List<String> LINEAR_LAYERS = List.of(
            "attn.qkv",
            "attn.proj",
            "cross_attn.q_linear",
            "cross_attn.kv_linear",
            "cross_attn.proj",
            "mlp.fc1",
            "mlp.fc2");

    /** What a stage with adapters leaves; the adapters themselves lie beside the model in both. */
    public enum Publication {
        /** A model with the adapters added to its weights. */
        MERGED,
        /** The model it began with, and the adapters apart. */
        APART
    }

    public AdapterConfiguration {
        layers = List.copyOf(layers);
        new Faults()
                .atLeast(1, rank, "rank")
                .require(alpha > 0, "alpha", "expected more than 0, found " + alpha)
                .require(
                        !layers.isEmpty() && LINEAR_LAYERS.containsAll(layers),
                        "layers",
                        "expected some of " + LINEAR_LAYERS + ", found " + layers)
                .throwIfAny();
    }

    /** What the product of both matrices is multiplied by. */
    public double factor() {
        return alpha / rank;
    }
}
