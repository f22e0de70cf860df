package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.tensor.ParameterShape;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class WidthScalingTest {
    private static final DitSize WIDE = new DitSize(144, 2, 16, 8);

    @Test
    void onAModelOfTheSameWidthNothingIsScaled() {
        assertThat(WidthScaling.rateFactors(WIDE, 144)).isEmpty();
    }

    @Test
    void whatTakesTheWidthAsInputsTakesLessAndNothingElseDoes() {
        SortedMap<String, Double> factors = WidthScaling.rateFactors(WIDE, 72);
        assertThat(factors.values()).containsOnly(0.5);
        List<String> others = DitParameters.shapesWithNullCaption(WIDE).stream()
                .map(ParameterShape::name)
                .filter(name -> !factors.containsKey(name))
                .filter(name -> name.endsWith(".weight") && !name.contains("norm"))
                .toList();
        // Inputs: patches of latents, waves of numbers, features of text.
        assertThat(others)
                .containsExactlyInAnyOrder(
                        "x_embedder.proj.weight",
                        "t_embedder.mlp.0.weight",
                        "fps_embedder.mlp.0.weight",
                        "y_embedder.y_proj.fc1.weight");
        assertThat(factors)
                .containsKeys(
                        "t_embedder.mlp.2.weight",
                        "t_block.1.weight",
                        "blocks.1.attn.qkv.weight",
                        "blocks.1.cross_attn.kv_linear.weight",
                        "blocks.1.mlp.fc2.weight",
                        "final_layer.linear.weight")
                .allSatisfy(
                        (name, factor) -> assertThat(name).endsWith(".weight").doesNotContain("norm"));
        // 11 matrices outside the blocks and 8 in each, less the 4 above: 5 outside, of which t_block and the final
        // layer are two.
        assertThat(factors).hasSize(5 + 2 * 7);
    }
}
