package dev.mugv.kernels.reference;

import dev.mugv.kernels.Philox;
import dev.mugv.kernels.memory.Bf16;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.BucketOptimizer;
import java.util.Optional;

/**
 * Blocks of {@link FixedOrder}, each copied into arrays, whose loops the JIT vectorises; blocks are done side by side, and their sums of
 * squares added in their order.
 */
final class ReferenceBucketOptimizer implements BucketOptimizer {
    /** Blocks that one thread does one after the other: enough to outweigh handing them out. */
    private static final int BLOCKS = 64;

    private static final int HALVES = 8;

    private final Workers workers;

    ReferenceBucketOptimizer(Workers workers) {
        this.workers = workers;
    }

    @Override
    public void update(Bucket bucket, Update update) {
        int count = Math.toIntExact(bucket.parameter().count());
        int blocks = (count + FixedOrder.BLOCK - 1) / FixedOrder.BLOCK;
        double[] gradientSquares = new double[blocks];
        double[] parameterSquares = new double[blocks];
        workers.forEach((blocks + BLOCKS - 1) / BLOCKS, part -> {
            Chunk chunk = new Chunk(bucket, update);
            for (int block = part * BLOCKS; block < Math.min(blocks, (part + 1) * BLOCKS); block++) {
                chunk.update(block * FixedOrder.BLOCK, Math.min(FixedOrder.BLOCK, count - block * FixedOrder.BLOCK));
                gradientSquares[block] = chunk.gradientSquares;
                parameterSquares[block] = chunk.parameterSquares;
            }
        });
        FixedOrder order = new FixedOrder();
        HostElements squares = HostArena.of(bucket.derived().squares_2());
        squares.set(0, order.of(gradientSquares, blocks));
        squares.set(1, order.of(parameterSquares, blocks));
    }

    /** One block after the other, in arrays of its own. */
    private static final class Chunk {
        private final HostElements parameterMemory;
        private final HostElements gradientMemory;
        private final HostElements firstMemory;
        private final HostElements secondMemory;
        private final Optional<HostElements> averageMemory;
        private final Optional<HostElements> copyMemory;
        private final Update update;
        private final float[] parameter = new float[FixedOrder.BLOCK];
        private final float[] gradient = new float[FixedOrder.BLOCK];
        private final float[] first = new float[FixedOrder.BLOCK];
        private final float[] second = new float[FixedOrder.BLOCK];
        private final float[] average = new float[FixedOrder.BLOCK];
        private final short[] bits = new short[FixedOrder.BLOCK];
        private final int[] words = new int[HALVES / 2];
        private final FixedOrder order = new FixedOrder();
        private double gradientSquares;
        private double parameterSquares;

        Chunk(Bucket bucket, Update update) {
            parameterMemory = HostArena.of(bucket.parameter());
            gradientMemory = HostArena.of(bucket.gradient());
            firstMemory = HostArena.of(bucket.moments().first());
            secondMemory = HostArena.of(bucket.moments().second());
            averageMemory = bucket.derived().average().map(HostArena::of);
            copyMemory = bucket.derived().copy().map(HostArena::of);
            this.update = update;
        }

        void update(int at, int count) {
            read(parameterMemory, at, parameter, count);
            read(gradientMemory, at, gradient, count);
            read(firstMemory, at, first, count);
            read(secondMemory, at, second, count);
            gradientSquares = order.squaresOfBlock(gradient, count);
            update.coefficients().apply(parameter, gradient, first, second, count);
            firstMemory.floats().put(at, first, 0, count);
            secondMemory.floats().put(at, second, 0, count);
            if (parameterMemory.format() == ElementFormat.BF16) {
                round(at, count);
                parameterMemory.shorts().put(at, bits, 0, count);
                widen(parameter, count);
            } else {
                parameterMemory.floats().put(at, parameter, 0, count);
            }
            if (copyMemory.isPresent()) {
                round(at, count);
                copyMemory.get().shorts().put(at, bits, 0, count);
            }
            parameterSquares = order.squaresOfBlock(parameter, count);
            if (averageMemory.isPresent()) {
                read(averageMemory.get(), at, average, count);
                average(average, parameter, count);
                averageMemory.get().floats().put(at, average, 0, count);
            }
        }

        private void average(float[] own, float[] values, int count) {
            float keep = update.averageKeep();
            float gain = update.averageGain();
            for (int i = 0; i < count; i++) {
                own[i] = keep * own[i] + gain * values[i];
            }
        }

        /** Half-word i % 8 of Philox block i / 8 for the element of index i. */
        private void round(int at, int count) {
            long block = -1;
            for (int i = 0; i < count; i++) {
                long index = update.firstIndex() + at + i;
                if (index / HALVES != block) {
                    block = index / HALVES;
                    Philox.block(
                            block, update.rounding().stream(), update.rounding().key(), words);
                }
                int half = (int) (index % HALVES);
                bits[i] = Bf16.stochastic(parameter[i], (words[half / 2] >>> (half % 2 * 16)) & 0xFFFF);
            }
        }

        private void read(HostElements from, int at, float[] to, int count) {
            if (from.format() == ElementFormat.FP32) {
                from.floats().get(at, to, 0, count);
            } else {
                from.shorts().get(at, bits, 0, count);
                widen(to, count);
            }
        }

        private void widen(float[] to, int count) {
            for (int i = 0; i < count; i++) {
                to[i] = Bf16.widen(bits[i]);
            }
        }
    }
}
