package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.ScriptArchive;
import dev.mugv.model.tensor.ScriptModule;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the transformer's script does otherwise for large tensors than for the small ones of other tests. */
class TransformerScriptTest {
    private static final int FP32 = 6;
    private static final int BF16 = 15;

    /** bf16 has 8 bits: one rounding errs by at most this share of a number, and by a third of it on average. */
    private static final double ROUNDING = 1 / 512.0;

    /** Attention forward, then its way back, in a type. */
    private static final String ATTENTION = """
        def attention_gradients(self, x: List[Tensor], dtype: int) -> List[Tensor]:
          q, key, value, da = torch.to(x[0], dtype), torch.to(x[1], dtype), torch.to(x[2], dtype), torch.to(x[3], dtype)
          a, sums = torch._scaled_dot_product_flash_attention_for_cpu(q, key, value)
          dq, dkey, dvalue = self.flash_backward(da, q, key, value, a, sums)
          return [torch.to(dq, 6), torch.to(dkey, 6), torch.to(dvalue, 6)]
        """;

    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void free() {
        scope.close();
    }

    @Test
    void attentionsWayBackInBf16ErrsByItsRoundingsInEveryPieceOfTheScores() throws IOException {
        // Two pieces a side, of unequal size, and a batch.
        NDList inputs = new NDList();
        for (String name : List.of("q", "key", "value", "da")) {
            inputs.add(gaussian(name, new Shape(2, 1, 1601, 72)));
        }
        try (ScriptModule script = script()) {
            NDList exact = script.callUnrecorded("attention_gradients")
                    .with((List<NDArray>) inputs)
                    .with(FP32)
                    .all(scope);
            NDList rounded = script.callUnrecorded("attention_gradients")
                    .with((List<NDArray>) inputs)
                    .with(BF16)
                    .all(scope);
            for (int i = 0; i < exact.size(); i++) {
                // Inputs, attention's result, probabilities, their gradients and the result are rounded: some ten
                // independent errors.
                assertThat(difference(rounded.get(i), exact.get(i))).isBetween(ROUNDING / 10, Math.sqrt(10) * ROUNDING);
            }
        }
    }

    @Test
    void geluOfManyValuesIsThatOfTheFormula() throws IOException {
        NDArray x = gaussian("x", new Shape(800, 672));
        try (ScriptModule script = script()) {
            float[] found = script.callUnrecorded("gelu").with(x).one(scope).toFloatArray();
            float[] given = x.toFloatArray();
            for (int i = 0; i < given.length; i++) {
                double v = given[i];
                double expected = 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)));
                // A few units in the last place of a number up to 5.
                assertThat(Math.abs(found[i] - expected)).isLessThan(3e-6);
            }
        }
    }

    private NDArray gaussian(String name, Shape shape) {
        NDArray array = scope.zeros(shape);
        CounterNoise.of(1, name).fillGaussian(EngineMemory.floats(array));
        return array;
    }

    private static ScriptModule script() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(DiffusionTransformer.class.getResourceAsStream("transformer.py"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new ScriptArchive("transformer.py", text + "\n" + ATTENTION).load();
        }
    }

    private static double difference(NDArray found, NDArray expected) {
        float[] a = found.toFloatArray();
        float[] b = expected.toFloatArray();
        double square = 0;
        double whole = 0;
        for (int i = 0; i < b.length; i++) {
            square += Math.pow((double) a[i] - b[i], 2);
            whole += Math.pow(b[i], 2);
        }
        return Math.sqrt(square / whole);
    }
}
