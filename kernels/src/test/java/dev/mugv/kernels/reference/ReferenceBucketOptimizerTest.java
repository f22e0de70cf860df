package dev.mugv.kernels.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.GradientNorm;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.BucketOptimizer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReferenceBucketOptimizerTest {
    /** Two parts of a thread and a rest. */
    private static final int SIZE = 140_003;

    private static final AdamW.HyperParameters HYPER = new AdamW.HyperParameters(0.9, 0.999, 1e-8);
    private static final AdamW.Step STEP = new AdamW.Step(3, 0.01, 0.5);
    private static final CounterNoise ROUNDING = CounterNoise.of(1, "rounding", 3);

    @Test
    void fp32IsAdamWToTheBit() {
        Tensors tensors = new Tensors(ElementFormat.FP32);
        Tensors expected = new Tensors(ElementFormat.FP32);
        new AdamW(HYPER)
                .update(
                        new AdamW.Tensor(
                                expected.parameter.floats(),
                                expected.gradient.floats(),
                                expected.first.floats(),
                                expected.second.floats()),
                        STEP,
                        0.1);
        update(1, tensors.bucket(0, SIZE), 0);
        assertThat(tensors.parameter.bytes()).isEqualTo(expected.parameter.bytes());
        assertThat(tensors.first.bytes()).isEqualTo(expected.first.bytes());
        assertThat(tensors.second.bytes()).isEqualTo(expected.second.bytes());
        double norm = Math.sqrt(tensors.squares.get(0));
        // Both sums are in double, in different orders.
        assertThat(norm).isCloseTo(GradientNorm.of(List.of(expected.gradient.floats())), within(norm * 1e-13));
        double average = (float) 0.99 * Tensors.AVERAGE + (float) 0.01 * tensors.parameter.get(7);
        assertThat(tensors.average.get(7)).isCloseTo(average, within(1e-6));
    }

    @Test
    void threadsDecideNothing() {
        for (ElementFormat format : List.of(ElementFormat.FP32, ElementFormat.BF16)) {
            Tensors one = new Tensors(format);
            Tensors four = new Tensors(format);
            update(1, one.bucket(0, SIZE), 0);
            update(4, four.bucket(0, SIZE), 0);
            assertSame(one, four);
            assertThat(four.squares.bytes()).isEqualTo(one.squares.bytes());
        }
    }

    @Test
    void shardsOfABucketRoundAsTheWhole() {
        for (ElementFormat format : List.of(ElementFormat.FP32, ElementFormat.BF16)) {
            Tensors whole = new Tensors(format);
            Tensors shards = new Tensors(format);
            update(1, whole.bucket(0, SIZE), 0);
            update(1, shards.bucket(70_001, SIZE - 70_001), 70_001);
            update(1, shards.bucket(0, 70_001), 0);
            assertSame(whole, shards);
        }
    }

    @Test
    void smallStepsOfBf16AreNotLost() {
        // A step of a 2,560th of a unit: to the nearest nothing would ever move.
        HostElements parameter = HostElements.allocate(ElementFormat.BF16, SIZE);
        HostElements gradient = HostElements.allocate(ElementFormat.BF16, SIZE);
        for (int i = 0; i < SIZE; i++) {
            parameter.set(i, 1);
            gradient.set(i, -1);
        }
        BucketOptimizer.Bucket bucket = new BucketOptimizer.Bucket(
                parameter,
                gradient,
                new BucketOptimizer.Moments(
                        HostElements.allocate(ElementFormat.FP32, SIZE),
                        HostElements.allocate(ElementFormat.FP32, SIZE)),
                new BucketOptimizer.Derived(
                        Optional.empty(), Optional.empty(), HostElements.allocate(ElementFormat.FP64, 2)));
        double rate = 0x1p-7 / 2560;
        AdamW.Coefficients coefficients = AdamW.Coefficients.of(HYPER, new AdamW.Step(1, rate, 1), 0);
        new ReferenceBucketOptimizer(new Workers(1))
                .update(bucket, new BucketOptimizer.Update(coefficients, 0, ROUNDING, 0));
        double mean = 0;
        for (int i = 0; i < SIZE; i++) {
            mean += parameter.get(i) / SIZE;
        }
        // Four standard errors of the mean of SIZE numbers that move by 2^-7 with probability p.
        double p = 1.0 / 2560;
        assertThat(mean - 1).isCloseTo(rate, within(4 * 0x1p-7 * Math.sqrt(p / SIZE)));
    }

    private static void assertSame(Tensors found, Tensors expected) {
        assertThat(found.parameter.bytes()).isEqualTo(expected.parameter.bytes());
        assertThat(found.first.bytes()).isEqualTo(expected.first.bytes());
        assertThat(found.second.bytes()).isEqualTo(expected.second.bytes());
        assertThat(found.average.bytes()).isEqualTo(expected.average.bytes());
        assertThat(found.copy.bytes()).isEqualTo(expected.copy.bytes());
    }

    private static void update(int threads, BucketOptimizer.Bucket bucket, long firstIndex) {
        try (Workers workers = new Workers(threads)) {
            new ReferenceBucketOptimizer(workers)
                    .update(
                            bucket,
                            new BucketOptimizer.Update(
                                    AdamW.Coefficients.of(HYPER, STEP, 0.1), 0.99, ROUNDING, firstIndex));
        }
    }

    private static final class Tensors {
        private static final double AVERAGE = 0.25;

        private final HostElements parameter;
        private final HostElements gradient;
        private final HostElements first = gaussian(ElementFormat.FP32, "first");
        private final HostElements second = gaussian(ElementFormat.FP32, "second");
        private final HostElements average = HostElements.allocate(ElementFormat.FP32, SIZE);
        private final HostElements copy = HostElements.allocate(ElementFormat.BF16, SIZE);
        private final HostElements squares = HostElements.allocate(ElementFormat.FP64, 2);
        private final ElementFormat format;

        Tensors(ElementFormat format) {
            this.format = format;
            parameter = gaussian(format, "parameter");
            gradient = gaussian(format, "gradient");
            for (int i = 0; i < SIZE; i++) {
                second.set(i, Math.abs(second.get(i)));
                average.set(i, AVERAGE);
            }
        }

        BucketOptimizer.Bucket bucket(int from, int count) {
            return new BucketOptimizer.Bucket(
                    parameter.slice(from, count),
                    gradient.slice(from, count),
                    new BucketOptimizer.Moments(first.slice(from, count), second.slice(from, count)),
                    new BucketOptimizer.Derived(
                            Optional.of(average.slice(from, count)),
                            format == ElementFormat.FP32 ? Optional.of(copy.slice(from, count)) : Optional.empty(),
                            squares));
        }
    }

    private static HostElements gaussian(ElementFormat format, String purpose) {
        HostElements elements = HostElements.allocate(format, SIZE);
        float[] values = new float[SIZE];
        CounterNoise.of(4, purpose).fillGaussian(values);
        for (int i = 0; i < SIZE; i++) {
            elements.set(i, values[i]);
        }
        return elements;
    }
}
