package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorSliceTest {
    @Test
    void runsOfAnyPartOfAnyBoxAreThoseThatCountingElementByElementFinds() {
        Random random = new Random(5);
        for (int trial = 0; trial < 500; trial++) {
            List<Long> shape = new ArrayList<>();
            List<TensorSlice.Extent> box = new ArrayList<>();
            long inBox = 1;
            for (int axis = random.nextInt(4); axis >= 0; axis--) {
                long size = 1 + random.nextInt(6);
                long from = random.nextInt((int) size);
                long held = random.nextBoolean() && from == 0 ? size : random.nextInt((int) (size - from) + 1);
                shape.add(size);
                box.add(new TensorSlice.Extent(from, held));
                inBox *= held;
            }
            long first = inBox == 0 ? 0 : random.nextInt((int) inBox);
            TensorSlice slice =
                    new TensorSlice("t", shape, box, first, inBox == 0 ? 0 : random.nextInt((int) (inBox - first) + 1));
            long from = random.nextInt((int) slice.elements());
            long to = from + random.nextInt((int) (slice.elements() - from) + 1);
            List<List<Long>> found = new ArrayList<>();
            slice.forEachOverlap(from, to, (logical, held, length) -> {
                assertThat(length).isPositive();
                for (long i = 0; i < length; i++) {
                    found.add(List.of(logical + i, held + i));
                }
            });
            assertThat(found).as(slice.toString()).isEqualTo(counted(slice, from, to));
        }
    }

    @Test
    void aPartHasAKeyAndAShapeOfItsOwnAndAWholeHasTheTensors() {
        Shape shape = new Shape(4, 6);
        assertThat(TensorSlice.whole("w", shape).key()).isEqualTo("w");
        assertThat(TensorSlice.along("w", shape, 1, 3, 3).key()).isEqualTo("w[0:4,3:6]");
        assertThat(TensorSlice.along("w", shape, 1, 3, 3).storedShape()).isEqualTo(new Shape(4, 3));
        assertThat(TensorSlice.along("w", shape, 1, 3, 3).part(2, 5).key()).isEqualTo("w[0:4,3:6]@2+5");
        assertThat(TensorSlice.range("w", shape, 7, 9).storedShape()).isEqualTo(new Shape(9));
    }

    @Test
    void whatLiesOutsideOfTheTensorIsRefused() {
        assertThatThrownBy(() -> TensorSlice.along("w", new Shape(4, 6), 0, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a box within [4, 6]");
        assertThatThrownBy(() -> TensorSlice.range("w", new Shape(4, 6), 20, 5))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<List<Long>> counted(TensorSlice slice, long from, long to) {
        List<List<Long>> found = new ArrayList<>();
        long inBox = 0;
        for (long index = 0; index < slice.elements(); index++) {
            long rest = index;
            boolean inside = true;
            for (int axis = slice.shape().size() - 1; axis >= 0; axis--) {
                long place = rest % slice.shape().get(axis);
                rest /= slice.shape().get(axis);
                TensorSlice.Extent extent = slice.box().get(axis);
                inside &= place >= extent.from() && place < extent.from() + extent.size();
            }
            if (inside) {
                long held = inBox++ - slice.first();
                if (held >= 0 && held < slice.count() && index >= from && index < to) {
                    found.add(List.of(index, held));
                }
            }
        }
        return found;
    }
}
