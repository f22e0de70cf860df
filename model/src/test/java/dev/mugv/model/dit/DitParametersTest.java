package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Autograd;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class DitParametersTest {
    private static final DitSize TINY = new DitSize(72, 1, 8, 4);
    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void namesAndShapesOfTheLargeModelAreThePublishedOnes() {
        Map<String, List<Long>> published = new JsonMapper()
                .readValue(Golden.path("dit-10b-keys.json").toFile(), new TypeReference<Map<String, List<Long>>>() {});
        Map<String, List<Long>> ours = new LinkedHashMap<>();
        List<ParameterShape> shapes = DitParameters.shapes(new DitSize(3456, 56, 4096, 300));
        shapes.forEach(shape -> ours.put(
                shape.name(),
                java.util.Arrays.stream(shape.shape().getShape()).boxed().toList()));
        assertThat(ours).isEqualTo(published);
        assertThat(shapes).hasSize(1197);
        assertThat(shapes.stream().mapToLong(ParameterShape::size).sum()).isEqualTo(10_830_321_984L);
    }

    @Test
    void firstValuesDependOnSeedAndNameAlone() {
        List<ParameterShape> shapes = DitParameters.shapesWithNullCaption(TINY);
        List<ParameterShape> reversed =
                shapes.stream().sorted((a, b) -> b.name().compareTo(a.name())).toList();
        try (ParameterSet one = ParameterSet.frozen(scope, shapes);
                ParameterSet same = ParameterSet.frozen(scope, reversed);
                ParameterSet other = ParameterSet.frozen(scope, shapes)) {
            DitParameters.initialise(one, 7);
            DitParameters.initialise(same, 7);
            DitParameters.initialise(other, 8);
            assertThat(one.sha256()).isEqualTo(same.sha256()).isNotEqualTo(other.sha256());
            assertThat(Golden.floats(one.values("blocks.0.attn.q_norm.weight"))).containsOnly(1);
            assertThat(Golden.floats(one.values("blocks.0.cross_attn_norm.weight")))
                    .containsOnly(1);
            assertThat(Golden.floats(one.values("blocks.0.attn.qkv.bias"))).containsOnly(0);
            float[] matrix = Golden.floats(one.values("blocks.0.mlp.fc1.weight"));
            double square = 0;
            for (float value : matrix) {
                square += value * value;
            }
            // 20,736 draws: the deviation's own relative error is 0.5 %.
            assertThat(Math.sqrt(square / matrix.length)).isBetween(0.094, 0.100);
        }
    }

    @Test
    void refusesAFileOfAnotherSizeNamingEveryKey(@TempDir Path folder) {
        Path file = folder.resolve("dit.safetensors");
        try (ParameterSet small = ParameterSet.frozen(scope, DitParameters.shapes(TINY));
                ParameterSet deep = ParameterSet.frozen(scope, DitParameters.shapes(new DitSize(72, 2, 16, 4)))) {
            small.write(file, Map.of());
            assertThatThrownBy(() -> deep.read(file))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContainingAll(
                            "blocks.1.attn.qkv.weight",
                            "y_embedder.y_proj.fc1.weight (expected (72, 16), found (72, 8))");
        }
    }

    @Test
    void gradientsReachTheNullCaption() {
        try (ParameterSet parameters = ParameterSet.trainable(scope, DitParameters.shapesWithNullCaption(TINY));
                DiffusionTransformer model = new DiffusionTransformer(TINY, parameters)) {
            DitParameters.initialise(parameters, 1);
            DitCondition condition = new DitCondition(500, 8, Set.of(), DitCondition.consecutive(1), 2);
            NDArray text_SD = Autograd.recorded(() -> model.nullCaption(2, scope));
            assertThat(text_SD.getShape()).isEqualTo(new Shape(2, 8));
            NDArray latent = scope.ones(new Shape(1, 24, 1, 2, 2));
            try (ForwardPass pass = model.forward(new DitInput(latent, text_SD, List.of(condition)), scope)) {
                NDArray ones = scope.ones(pass.velocity().getShape());
                Autograd.backward(text_SD, pass.backwardToText(java.util.Optional.of(ones), piece -> {}, scope));
            }
            float[] gradient = Golden.floats(parameters.gradient(DitParameters.NULL_CAPTION));
            for (int i = 0; i < gradient.length; i++) {
                assertThat(gradient[i] != 0).isEqualTo(i < 16);
            }
        }
    }
}
