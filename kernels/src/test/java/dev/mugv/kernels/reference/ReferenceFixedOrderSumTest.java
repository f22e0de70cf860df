package dev.mugv.kernels.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.FixedOrderSum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceFixedOrderSumTest {
    private final FixedOrderSum sum = new ReferenceFixedOrderSum();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1024, 1025, 1_048_577})
    void sumsAreSums(int count) {
        HostElements values = values(count);
        HostElements out = HostElements.allocate(ElementFormat.FP64, 1);
        double expected = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            expected += values.get(i);
            squares += values.get(i) * values.get(i);
        }
        // A sum of a million doubles in another order: 2^-53 times the root of their number times their size, and room.
        sum.sum(values, out);
        assertThat(out.get(0)).isCloseTo(expected, within(1e-9));
        sum.sumOfSquares(values, out);
        assertThat(out.get(0)).isCloseTo(squares, within(squares * 1e-12));
    }

    @Test
    void theFastSumOfSquaresOfABlockIsTheSlowOne() {
        HostElements values = values(FixedOrder.BLOCK);
        HostElements out = HostElements.allocate(ElementFormat.FP64, 1);
        float[] block = new float[FixedOrder.BLOCK];
        values.floats().get(block);
        sum.sumOfSquares(values, out);
        assertThat(new FixedOrder().squaresOfBlock(block, block.length)).isEqualTo(out.get(0));
    }

    /** What lets ranks add in a tree: halves that were added elsewhere give the same bits. */
    @Test
    void partsAreAddedNeighboursFirst() {
        HostElements parts = values(8 * 11);
        HostElements all = added(parts, 8);
        HostElements halves = HostElements.allocate(ElementFormat.FP32, 2 * 11);
        halves.slice(0, 11).bytes().put(added(parts.slice(0, 44), 4).bytes());
        halves.slice(11, 11).bytes().put(added(parts.slice(44, 44), 4).bytes());
        assertThat(added(halves, 2).bytes()).isEqualTo(all.bytes());
        float expected = ((float) parts.get(0) + (float) parts.get(11)) + (float) parts.get(22);
        assertThat(added(parts.slice(0, 33), 3).get(0)).isEqualTo(expected);
    }

    private HostElements added(HostElements parts, int count) {
        HostElements out = HostElements.allocate(parts.format(), parts.count() / count);
        sum.addParts(new FixedOrderSum.Parts(parts, count), out);
        return out;
    }

    private static HostElements values(int count) {
        HostElements values = HostElements.allocate(ElementFormat.FP32, count);
        float[] numbers = new float[count];
        CounterNoise.of(8, "values").fillGaussian(numbers);
        values.floats().put(numbers);
        return values;
    }
}
