package dev.mugv.kernels.reference;

import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.FixedOrderSum;
import java.util.function.DoubleUnaryOperator;

final class ReferenceFixedOrderSum implements FixedOrderSum {
    @Override
    public void sum(Elements values, Elements out_1) {
        FixedOrderSum.require(values, out_1);
        HostArena.of(out_1).set(0, sum(HostArena.of(values), value -> value));
    }

    @Override
    public void sumOfSquares(Elements values, Elements out_1) {
        FixedOrderSum.require(values, out_1);
        HostArena.of(out_1).set(0, sum(HostArena.of(values), value -> value * value));
    }

    private static double sum(HostElements values, DoubleUnaryOperator addend) {
        FixedOrder order = new FixedOrder();
        int count = Math.toIntExact(values.count());
        double[] blocks = new double[(count + FixedOrder.BLOCK - 1) / FixedOrder.BLOCK];
        double[] block = new double[FixedOrder.BLOCK];
        for (int b = 0; b < blocks.length; b++) {
            int length = Math.min(FixedOrder.BLOCK, count - b * FixedOrder.BLOCK);
            for (int i = 0; i < length; i++) {
                block[i] = addend.applyAsDouble(values.get(b * FixedOrder.BLOCK + i));
            }
            blocks[b] = order.ofBlock(block, 0, length);
        }
        return order.of(blocks, blocks.length);
    }

    @Override
    public void addParts(Parts parts, Elements out_N) {
        parts.requireOut(out_N);
        HostElements values = HostArena.of(parts.values());
        HostElements out = HostArena.of(out_N);
        int length = Math.toIntExact(parts.length());
        float[] sums = new float[parts.count()];
        for (int i = 0; i < length; i++) {
            for (int part = 0; part < sums.length; part++) {
                sums[part] = (float) values.get(part * length + i);
            }
            out.set(i, pairwise(sums));
        }
    }

    private static float pairwise(float[] values) {
        for (int distance = 1; distance < values.length; distance *= 2) {
            for (int at = 0; at + distance < values.length; at += 2 * distance) {
                values[at] += values[at + distance];
            }
        }
        return values[0];
    }
}
