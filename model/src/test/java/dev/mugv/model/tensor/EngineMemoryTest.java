package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineMemoryTest {
    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @Test
    void everyArrayLiesOnABorderOf64Bytes() {
        for (int size = 1; size < 100; size++) {
            NDArray array = EngineMemory.array(scope, new Shape(size), new float[size]);
            assertThat(((PtNDArray) array).toByteBuffer(true).alignmentOffset(0, 64))
                    .isZero();
        }
    }

    @Test
    void copiesValuesInAndShowsThem() {
        NDArray array = EngineMemory.array(scope, new Shape(2, 2), 1f, 2f, 3f, 4f);
        assertThat(array.get(1).toFloatArray()).containsExactly(3, 4);
        EngineMemory.floats(array).put(3, 9f);
        assertThat(array.toFloatArray()).containsExactly(1, 2, 3, 9);
        assertThat(EngineMemory.array(scope, new Shape(2), 5L, -6L).toLongArray())
                .containsExactly(5, -6);
        assertThat(EngineMemory.array(scope, new Shape(0), new float[0]).size()).isZero();
    }
}
