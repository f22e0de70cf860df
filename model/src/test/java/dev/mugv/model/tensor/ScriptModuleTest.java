package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptModuleTest {
    private static final String SOURCE = """
            def scaled(self, x: Tensor, more: List[Tensor], factor: float, times: int, sizes: List[int], flip: bool) -> Tuple[Tensor, Tensor]:
              y = torch.reshape(x, sizes)
              for i in range(times):
                y = y * factor + more[0]
              if flip:
                y = -y
              return (y, y + more[1])

            def square(self, x: Tensor) -> Tensor:
              return x * x
            """;

    private final TorchRuntime runtime = TorchRuntime.start(1);

    @Test
    void passesEveryKindOfArgumentAndReturnsATuple() {
        try (NDManager scope = runtime.newScope();
                ScriptModule module = new ScriptArchive("test", SOURCE).load()) {
            NDArray x = scope.create(new float[] {1, 2, 3, 4});
            NDList more = new NDList(scope.create(1f), scope.create(10f));
            NDList result = module.call("scaled")
                    .with(x)
                    .with(more)
                    .with(2.0)
                    .with(2L)
                    .withIntegers(2, 2)
                    .with(true)
                    .all(scope);
            assertThat(result.get(0).getShape()).isEqualTo(new Shape(2, 2));
            assertThat(result.get(0).toFloatArray()).containsExactly(-7, -11, -15, -19);
            assertThat(result.get(1).toFloatArray()).containsExactly(3, -1, -5, -9);
        }
    }

    @Test
    void carriesGradientsThroughACallOnlyWhenRecorded() {
        try (NDManager scope = runtime.newScope();
                ScriptModule module = new ScriptArchive("test", SOURCE).load();
                ParameterSet parameters = ParameterSet.trainable(
                        scope, List.of(new ParameterShape("a", 3), new ParameterShape("b", 2, 2)))) {
            parameters.values("a").put(new float[] {1, 2, 3});
            NDArray y = Autograd.recorded(
                    () -> module.call("square").with(parameters.get("a")).one(scope));
            Autograd.backward(y, scope.create(new float[] {1, 10, 100}));
            assertThat(Golden.floats(parameters.gradient("a"))).containsExactly(2, 40, 600);
            assertThat(Golden.floats(parameters.gradient("b"))).containsOnly(0);

            NDArray silent = Autograd.unrecorded(
                    () -> module.call("square").with(parameters.get("a")).one(scope));
            assertThat(silent.toFloatArray()).containsExactly(1, 4, 9);
            assertThat(Golden.floats(parameters.gradient("a"))).containsExactly(2, 40, 600);
        }
    }
}
