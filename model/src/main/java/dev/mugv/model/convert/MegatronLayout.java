package dev.mugv.model.convert;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.dit.ParameterCut;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names, order and cuts of a transformer's tensors in Megatron's tensor-parallel layout (mugv.md, section 3.6).
 *
 * <p>Heads are cut whole, so the number of ranks divides the number of heads.
 */
final class MegatronLayout {
    /** Place of Transformer Engine's state of a layer; the released trainer expects the key, with nothing in it. */
    static final String EXTRA_STATE = "._extra_state";

    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\.(.+)");
    private static final Map<String, String> OUTSIDE = Map.of(
            "t_embedder.",
            "timestep_embedder.",
            "t_block.",
            "timestep_block.",
            "y_embedder.y_proj.",
            "context_embedder.proj.",
            "final_layer.scale_shift_table",
            "final_layer.scale_shift_table.bias",
            DitParameters.NULL_CAPTION,
            "context_embedder.drop_emb");
    private static final Map<String, String> INSIDE = inside();
    private static final Set<String> WITH_EXTRA_STATE = Set.of(
            "linear_qkv", "linear_q", "linear_kv", "linear_proj", "linear_fc1", "linear_fc2", "scale_shift_table");

    /**
     * One tensor on both sides.
     *
     * @param published its published name and shape
     * @param name Megatron's name
     */
    record Entry(ParameterShape published, String name, Split split) {}

    private final int ranks;
    private final Map<String, Entry> byPublished = new LinkedHashMap<>();
    private final Map<String, Entry> byName = new LinkedHashMap<>();

    /**
     * @param published the transformer's tensors
     * @throws WorkFailure of kind INVALID_REQUEST if the heads cannot be shared out
     */
    MegatronLayout(DitSize size, List<ParameterShape> published, int ranks) {
        if (ranks < 1 || size.heads() % ranks != 0) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot cut the model for tensor parallelism: its %d heads cannot be shared out equally among %d ranks. Choose a divisor of %d."
                            .formatted(size.heads(), ranks, size.heads()));
        }
        this.ranks = ranks;
        for (ParameterShape parameter : published) {
            Entry entry = new Entry(parameter, name(parameter.name()), split(parameter.name()));
            byPublished.put(parameter.name(), entry);
            byName.put(entry.name(), entry);
        }
    }

    int ranks() {
        return ranks;
    }

    /** Tensors by their published names, in the published order. */
    Map<String, Entry> byPublished() {
        return Collections.unmodifiableMap(byPublished);
    }

    /** Tensors by Megatron's names, in the published order. */
    Map<String, Entry> byName() {
        return Collections.unmodifiableMap(byName);
    }

    /** Megatron's names and the shapes of one rank's parts. */
    List<ParameterShape> parts() {
        return byName.values().stream()
                .map(entry -> new ParameterShape(
                        entry.name(), entry.split().part(entry.published().shape(), ranks)))
                .toList();
    }

    /** Keys of the layers' extra states, of which nothing is stored. */
    List<String> extraStates() {
        List<String> keys = new ArrayList<>();
        for (String name : byName.keySet()) {
            String[] parts = name.split("\\.", -1);
            if (parts.length > 1 && WITH_EXTRA_STATE.contains(parts[parts.length - 2])) {
                String key = name.substring(0, name.lastIndexOf('.')) + EXTRA_STATE;
                if (!keys.contains(key)) {
                    keys.add(key);
                }
            }
        }
        return keys;
    }

    /** Megatron's name of a published tensor. */
    static String name(String published) {
        Matcher block = BLOCK.matcher(published);
        if (block.matches()) {
            return "decoder.layers." + block.group(1) + "." + replaced(INSIDE, block.group(2));
        }
        return replaced(OUTSIDE, published);
    }

    private static String replaced(Map<String, String> names, String name) {
        for (Map.Entry<String, String> pair : names.entrySet()) {
            if (name.startsWith(pair.getKey())) {
                return pair.getValue() + name.substring(pair.getKey().length());
            }
        }
        return name;
    }

    /** The trainer's own cut, with rows in Megatron's order of heads. */
    private static Split split(String published) {
        ParameterCut cut = ParameterCut.of(published);
        if (cut instanceof ParameterCut.Rows rows) {
            return rows.logicalParts() == 1
                    ? Split.Rows.plain()
                    : new Split.Rows(rows.logicalParts(), DitSize.HEAD_WIDTH);
        }
        return cut instanceof ParameterCut.Columns ? new Split.Columns() : new Split.Replicated();
    }

    private static Map<String, String> inside() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("attn.qkv.", "self_attention.linear_qkv.");
        names.put("attn.proj.", "self_attention.linear_proj.");
        names.put("attn.q_norm.", "self_attention.q_layernorm.");
        names.put("attn.k_norm.", "self_attention.k_layernorm.");
        names.put("cross_attn_norm.", "pre_cross_attn_layernorm.");
        names.put("cross_attn.q_linear.", "cross_attention.linear_q.");
        names.put("cross_attn.kv_linear.", "cross_attention.linear_kv.");
        names.put("cross_attn.proj.", "cross_attention.linear_proj.");
        names.put("cross_attn.q_norm.", "cross_attention.q_layernorm.");
        names.put("cross_attn.k_norm.", "cross_attention.k_layernorm.");
        names.put("mlp.fc1.", "mlp.linear_fc1.");
        names.put("mlp.fc2.", "mlp.linear_fc2.");
        names.put("scale_shift_table", "scale_shift_table.bias");
        return Collections.unmodifiableMap(names);
    }
}
