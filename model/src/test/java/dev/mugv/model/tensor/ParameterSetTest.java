package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.mugv.model.run.WorkFailure;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterSetTest {
    private static final List<ParameterShape> SHAPES =
            List.of(new ParameterShape("w", 3, 5), new ParameterShape("bias", 7), new ParameterShape("scalar"));

    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void sharesItsMemoryWithTheEngineBothWays() {
        try (ParameterSet parameters = ParameterSet.frozen(scope, SHAPES)) {
            parameters.values("bias").put(2, 4f);
            assertThat(parameters.get("bias").getFloat(2)).isEqualTo(4f);
            parameters.get("w").addi(1f);
            assertThat(Golden.floats(parameters.values("w"))).hasSize(15).containsOnly(1f);
            assertThat(parameters.weightBuckets()).hasSize(1);
            assertThat(parameters.weightBuckets().get(0).get(14)).isEqualTo(1f);
        }
    }

    @Test
    void accumulatesGradientsInItsOwnMemoryAndClearsThem() {
        try (ParameterSet parameters = ParameterSet.trainable(scope, SHAPES)) {
            FloatBuffer flat = parameters.gradientBuckets().get(0);
            for (int pass = 1; pass <= 3; pass++) {
                Autograd.backward(Autograd.recorded(() -> loss(parameters)));
                assertThat(Golden.floats(parameters.gradient("w"))).containsOnly(2f * pass);
                assertThat(flat.get(0)).isEqualTo(2f * pass);
                assertThat(Golden.floats(parameters.gradient("bias"))).containsOnly(3f * pass);
                assertThat(Golden.floats(parameters.gradient("scalar"))).containsOnly(5f * pass);
            }
            parameters.zeroGradients();
            assertThat(Golden.floats(flat)).containsOnly(0f);
            Autograd.backward(Autograd.recorded(() -> loss(parameters)));
            assertThat(flat.get(0)).isEqualTo(2f);
        }
    }

    private static NDArray loss(ParameterSet parameters) {
        return parameters
                .get("w")
                .sum()
                .mul(2)
                .add(parameters.get("bias").sum().mul(3))
                .add(parameters.get("scalar").mul(5).sum());
    }

    @Test
    void hashesContentsAndNotLayout() {
        try (ParameterSet one = ParameterSet.frozen(scope, SHAPES);
                ParameterSet other = ParameterSet.frozen(scope, List.of(SHAPES.get(2), SHAPES.get(1), SHAPES.get(0)))) {
            WeightFormula.fill(one);
            WeightFormula.fill(other);
            assertThat(one.sha256()).isEqualTo(other.sha256());
            one.values("bias").put(6, -1f);
            assertThat(one.sha256()).isNotEqualTo(other.sha256());
        }
    }

    @Test
    void writesEqualBytesForEqualValuesAndReadsThemBack(@TempDir Path folder) throws Exception {
        Path first = folder.resolve("a.safetensors");
        Path second = folder.resolve("b.safetensors");
        try (ParameterSet parameters = ParameterSet.frozen(scope, SHAPES);
                ParameterSet back = ParameterSet.trainable(scope, SHAPES)) {
            WeightFormula.fill(parameters);
            parameters.write(first, Map.of("kind", "test"));
            back.read(first);
            back.write(second, Map.of("kind", "test"));
            assertThat(first).hasSameBinaryContentAs(second);
            assertThat(back.sha256()).isEqualTo(parameters.sha256());
        }
    }

    @Test
    void listsMissingUnexpectedAndMisshapenKeysTogether(@TempDir Path folder) {
        Path file = folder.resolve("a.safetensors");
        List<ParameterShape> other = List.of(new ParameterShape("w", 5, 3), new ParameterShape("extra", 1));
        try (ParameterSet written = ParameterSet.frozen(scope, other);
                ParameterSet parameters = ParameterSet.frozen(scope, SHAPES)) {
            written.write(file, Map.of());
            assertThatThrownBy(() -> parameters.read(file))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContainingAll(
                            file.toString(), "[bias, scalar]", "[extra]", "w (expected (3, 5), found (5, 3))");
        }
    }
}
