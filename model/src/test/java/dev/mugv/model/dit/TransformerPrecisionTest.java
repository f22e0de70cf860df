package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransformerPrecisionTest {
    private static final DitSize SIZE = new DitSize(144, 2, 16, 8);
    private static final Shape LATENT = new Shape(2, 24, 2, 6, 6);

    /** Rounding to bf16 errs by this share of a number at most. */
    private static final double ROUNDING = 1 / 512.0;

    /**
     * How far one rounding is carried depends on the net; it is measured by rounding the weights alone, in fp32. In bf16 both
     * inputs and the result of a product are rounded, on the way there and again on the way back: six roundings where that is
     * one, which add up as sqrt(6) when they are independent. Short vectors scatter around that.
     */
    private static final double ROUNDINGS = 2 * Math.sqrt(6);

    /** Seven in each of two blocks. */
    private static final int PRODUCTS = 14;

    private final NDManager scope = TorchRuntime.start(1).newScope();
    private final TransformerPasses exact = new TransformerPasses(scope, SIZE, LATENT, 3, 8);
    private final TransformerPasses rounded = new TransformerPasses(scope, SIZE, ComputePrecision.BF16, LATENT, 3, 8);

    @BeforeEach
    void giveTheBlocksWeight() {
        // At first nothing that a block adds has any size: its gate is small. Here every part counts.
        for (ParameterShape shape : exact.parameters().shapes()) {
            FloatBuffer values = exact.parameters().values(shape.name());
            for (int i = 0; shape.name().endsWith("scale_shift_table") && i < values.limit(); i++) {
                values.put(i, values.get(i) + (float) Math.sin(1 + 7.3 * i));
            }
        }
        rounded.parameters().copyFrom(exact.parameters());
        rounded.parametersChanged();
    }

    @AfterEach
    void free() {
        exact.close();
        rounded.close();
        scope.close();
    }

    @Test
    void bf16DiffersFromFp32ByItsRoundingsOnly() {
        float[] velocity = exact.velocity();
        float loss = exact.forwardAndBackward(scope);
        Map<String, float[]> gradients = gradients(exact);
        assertThat(Math.abs(rounded.forwardAndBackward(scope) - loss) / loss)
                .isLessThan((float) (ROUNDINGS * ROUNDING));
        Map<String, float[]> found = gradients(rounded);
        roundBlocks(exact.parameters());
        double carried = difference(exact.velocity(), velocity);
        assertThat(carried).isBetween(ROUNDING / 10, Math.sqrt(PRODUCTS) * ROUNDING);
        assertThat(difference(rounded.velocity(), velocity)).isBetween(carried / 2, ROUNDINGS * carried);
        exact.parameters().zeroGradients();
        exact.forwardAndBackward(scope);
        gradients(exact).forEach((name, gradient) -> {
            double limit = ROUNDINGS * difference(gradient, gradients.get(name));
            assertThat(difference(found.get(name), gradients.get(name)))
                    .as(name)
                    .isLessThan(limit);
        });
    }

    @Test
    void changedParametersCountFromWhenTheModelIsToldOn() {
        float[] before = rounded.velocity();
        FloatBuffer weight = rounded.parameters().values("blocks.1.mlp.fc1.weight");
        for (int i = 0; i < weight.limit(); i++) {
            weight.put(i, weight.get(i) * 2);
        }
        assertThat(rounded.velocity()).isEqualTo(before);
        rounded.parametersChanged();
        float[] after = rounded.velocity();
        exact.parameters().copyFrom(rounded.parameters());
        double offExact = difference(after, exact.velocity());
        assertThat(offExact).isLessThan(ROUNDINGS * ROUNDING);
        assertThat(difference(after, before)).isGreaterThan(10 * offExact);
    }

    @Test
    void equalPassesGiveEqualBitsAndLeaveTheParametersAsTheyAre() {
        String parameters = rounded.parameters().sha256();
        float first = rounded.forwardAndBackward(scope);
        float[] gradient = Golden.floats(rounded.parameters().gradient("blocks.0.attn.qkv.weight"));
        rounded.parameters().zeroGradients();
        assertThat(rounded.forwardAndBackward(scope) == first).isTrue();
        assertThat(Golden.floats(rounded.parameters().gradient("blocks.0.attn.qkv.weight")))
                .isEqualTo(gradient);
        assertThat(rounded.parameters().sha256()).isEqualTo(parameters);
    }

    private static Map<String, float[]> gradients(TransformerPasses passes) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        passes.parameters()
                .shapes()
                .forEach(shape -> gradients.put(
                        shape.name(), Golden.floats(passes.parameters().gradient(shape.name()))));
        return gradients;
    }

    /** The blocks' matrices, to bf16. */
    private static void roundBlocks(ParameterSet parameters) {
        for (ParameterShape shape : parameters.shapes()) {
            FloatBuffer values = parameters.values(shape.name());
            boolean matrix = shape.name().startsWith("blocks.") && shape.name().endsWith(".weight");
            for (int i = 0; matrix && shape.shape().dimension() == 2 && i < values.limit(); i++) {
                // Half of the last bit that stays is added, and what is behind it cut off.
                values.put(i, Float.intBitsToFloat((Float.floatToIntBits(values.get(i)) + 0x8000) & 0xffff0000));
            }
        }
    }

    /** Norm of the difference over the norm of what is expected; NaN where either is. */
    private static double difference(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double square = 0;
        double whole = 0;
        for (int i = 0; i < found.length; i++) {
            square += Math.pow((double) found[i] - expected[i], 2);
            whole += Math.pow(expected[i], 2);
        }
        return Math.sqrt(square / whole);
    }
}
