package dev.mugv.bench;

import dev.mugv.model.dit.BlockPasses;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ParameterShape;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The same block of the transformer written against libtorch's C++ API, with its own way back recorded: what somebody would
 * write who had that API and not this product. In fp32.
 */
final class LibtorchBlock {
    private final BlockPasses.Sizes sizes;
    private final int headWidth;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Tensor x;
    private final Tensor variants;
    private final Tensor text;
    private final Tensor gradient;
    private final Tensor rope;
    private final Tensor variant;

    /** Copies of the other's parameters and inputs. */
    LibtorchBlock(BlockPasses other) {
        sizes = other.sizes();
        headWidth = sizes.width() / sizes.heads();
        for (ParameterShape shape : other.parameters().shapes()) {
            Tensor copy =
                    copy(other.parameters().values(shape.name()), shape.shape().getShape());
            parameters.put(shape.name().substring("blocks.0.".length()), copy.requires_grad_(true));
        }
        x = input(other, "x_RD").requires_grad_(true);
        variants = input(other, "variants_JBVM").requires_grad_(true);
        text = input(other, "text_SD").requires_grad_(true);
        gradient = input(other, "gradient_RD");
        rope = torch.view_as_complex(input(other, "rope_B1TP2")).view(1, sizes.tokens(), 1, headWidth / 2L);
        long[] rows = new long[sizes.tokens()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = other.variant(i);
        }
        variant = torch.tensor(rows);
    }

    private static Tensor input(BlockPasses other, String name) {
        return copy(
                EngineMemory.floats(other.input(name)),
                other.input(name).getShape().getShape());
    }

    private static Tensor copy(FloatBuffer values, long[] shape) {
        return torch.from_blob(new FloatPointer(values), shape).clone();
    }

    /** One pass forward and back. */
    void run() {
        try (PointerScope scope = new PointerScope();
                AutoGradMode recorded = new AutoGradMode(true)) {
            backward(forward());
        }
    }

    /** The same with its results. */
    BlockPasses.Results results() {
        try (PointerScope scope = new PointerScope();
                AutoGradMode recorded = new AutoGradMode(true)) {
            Tensor output = forward();
            float[] values = floats(output);
            backward(output);
            return new BlockPasses.Results(values, floats(x.grad()));
        }
    }

    private void backward(Tensor output) {
        output.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    /** The gradient of a parameter by its name in the block. */
    float[] gradient(String name) {
        try (PointerScope scope = new PointerScope()) {
            return floats(parameter(name).grad());
        }
    }

    void zeroGradients() {
        try (PointerScope scope = new PointerScope()) {
            parameters.values().forEach(parameter -> parameter.grad().zero_());
            x.grad().zero_();
            variants.grad().zero_();
            text.grad().zero_();
        }
    }

    private static float[] floats(Tensor tensor) {
        Tensor contiguous = tensor.detach().contiguous();
        float[] values = new float[(int) contiguous.numel()];
        contiguous.data_ptr_float().get(values);
        return values;
    }

    private Tensor parameter(String name) {
        return Objects.requireNonNull(parameters.get(name), name);
    }

    private Tensor forward() {
        Tensor modulation =
                variants.view(2, 2, -1).add(parameter("scale_shift_table").view(2, 1, -1));
        TensorVector attention = modulation(modulation.select(0, 0));
        Tensor h = modulated(x, attention);
        TensorVector qkv = linear(h, "attn.qkv")
                .view(1, sizes.tokens(), 3, sizes.heads(), headWidth)
                .unbind(2);
        Tensor q = rotated(normed(qkv.get(0), "attn.q_norm.weight"));
        Tensor k = rotated(normed(qkv.get(1), "attn.k_norm.weight"));
        Tensor state = torch.addcmul(x, attention.get(2), linear(attended(q, k, qkv.get(2)), "attn.proj"));
        state = state.add(linear(crossAttended(state), "cross_attn.proj"));
        TensorVector feed = modulation(modulation.select(0, 1));
        Tensor hidden = torch.gelu(linear(modulated(state, feed), "mlp.fc1"), "tanh");
        return torch.addcmul(state, feed.get(2), linear(hidden, "mlp.fc2"));
    }

    private Tensor crossAttended(Tensor state) {
        Tensor n = torch.layer_norm(
                state,
                new long[] {sizes.width()},
                new TensorOptional(parameter("cross_attn_norm.weight")),
                new TensorOptional(parameter("cross_attn_norm.bias")),
                1e-6,
                true);
        Tensor q = linear(n, "cross_attn.q_linear").view(1, sizes.tokens(), sizes.heads(), headWidth);
        TensorVector kv = linear(text, "cross_attn.kv_linear")
                .view(1, sizes.textTokens(), 2, sizes.heads(), headWidth)
                .unbind(2);
        return attended(
                normed(q, "cross_attn.q_norm.weight"), normed(kv.get(0), "cross_attn.k_norm.weight"), kv.get(1));
    }

    /** Shift, scale and gate of every token. */
    private TensorVector modulation(Tensor rows) {
        return rows.index_select(0, variant).chunk(3, 1);
    }

    private Tensor modulated(Tensor state, TensorVector modulation) {
        Tensor n = torch.layer_norm(
                state, new long[] {sizes.width()}, new TensorOptional(), new TensorOptional(), 1e-6, true);
        return torch.addcmul(modulation.get(0), n, modulation.get(1));
    }

    private Tensor linear(Tensor state, String name) {
        return torch.linear(state, parameter(name + ".weight"), new TensorOptional(parameter(name + ".bias")));
    }

    private Tensor normed(Tensor heads, String weight) {
        return torch.rms_norm(
                heads, new long[] {headWidth}, new TensorOptional(parameter(weight)), new DoubleOptional(1e-6));
    }

    private Tensor rotated(Tensor heads) {
        Tensor pairs = torch.view_as_complex(heads.reshape(1, sizes.tokens(), sizes.heads(), headWidth / 2L, 2));
        return torch.view_as_real(pairs.mul(rope)).flatten(3, -1);
    }

    private Tensor attended(Tensor q, Tensor k, Tensor value) {
        Tensor a = torch.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), value.transpose(1, 2));
        return a.transpose(1, 2).reshape(-1, sizes.width());
    }
}
