package dev.mugv.kernels.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.TensorHash;
import dev.mugv.kernels.cuda.CudaDevice;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.reference.ReferenceDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What has no transcendental function in it has the same bits on every device; noise has them but for the device's logarithm. */
class EqualBitsOnCudaTest {
    private static final KernelDevice REFERENCE = new ReferenceDevice(2);

    private static CudaDevice cuda;

    @BeforeAll
    static void open() {
        cuda = CudaUnderTest.open();
    }

    @AfterAll
    static void close() {
        if (cuda != null) {
            cuda.close();
        }
    }

    /** Parameter and gradient, with or without average and copy; a first index that begins in the middle of a block of random bits. */
    private record OptimizerCase(ElementFormat parameter, ElementFormat gradient, boolean derived, int count) {}

    @ParameterizedTest
    @CsvSource({
        "FP32, FP32, true, 1",
        "FP32, FP32, true, 1023",
        "FP32, BF16, true, 1025",
        "BF16, BF16, true, 4099",
        "FP32, FP32, false, 300007",
        "FP32, BF16, true, 65536",
        "BF16, BF16, true, 1100001"
    })
    void optimizersLeaveTheSameBits(ElementFormat parameter, ElementFormat gradient, boolean derived, int count) {
        OptimizerCase operation = new OptimizerCase(parameter, gradient, derived, count);
        List<HostElements> expected = optimized(REFERENCE, operation);
        List<HostElements> found = optimized(cuda, operation);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).bytes())
                    .as("tensor %d of %s", i, operation)
                    .isEqualTo(expected.get(i).bytes());
        }
        // Squares, the last of them: neither zero nor NaN, or equal bits would say little.
        assertThat(expected.get(expected.size() - 1).get(0)).isGreaterThan(0).isLessThan(1e9);
    }

    private static List<HostElements> optimized(KernelDevice device, OptimizerCase operation) {
        int count = operation.count();
        List<HostElements> tensors = new ArrayList<>();
        tensors.add(gaussian(operation.parameter(), count, "parameter"));
        tensors.add(gaussian(operation.gradient(), count, "gradient"));
        tensors.add(gaussian(ElementFormat.FP32, count, "first"));
        HostElements second = gaussian(ElementFormat.FP32, count, "second");
        for (int i = 0; i < count; i++) {
            second.set(i, Math.abs(second.get(i)));
        }
        tensors.add(second);
        tensors.add(gaussian(ElementFormat.FP32, count, "average"));
        tensors.add(HostElements.allocate(ElementFormat.BF16, count));
        tensors.add(HostElements.allocate(ElementFormat.FP64, 2));
        try (ElementArena arena = device.newArena()) {
            List<Elements> memory = tensors.stream().map(arena::copyOf).toList();
            boolean hasCopy = operation.derived() && operation.parameter() == ElementFormat.FP32;
            BucketOptimizer.Bucket bucket = new BucketOptimizer.Bucket(
                    memory.get(0),
                    memory.get(1),
                    new BucketOptimizer.Moments(memory.get(2), memory.get(3)),
                    new BucketOptimizer.Derived(
                            Optional.of(memory.get(4)).filter(average -> operation.derived()),
                            Optional.of(memory.get(5)).filter(copy -> hasCopy),
                            memory.get(6)));
            AdamW.HyperParameters hyper = new AdamW.HyperParameters(0.9, 0.95, 1e-8);
            for (int update = 1; update <= 2; update++) {
                AdamW.Coefficients coefficients = AdamW.Coefficients.of(hyper, new AdamW.Step(update, 1e-3, 0.7), 0.01);
                device.bucketOptimizer()
                        .update(
                                bucket,
                                new BucketOptimizer.Update(
                                        coefficients, 0.999, CounterNoise.of(5, "rounding", update), 3));
            }
            for (int i = 0; i < tensors.size(); i++) {
                arena.read(memory.get(i), tensors.get(i));
            }
        }
        return tensors;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 1023, 1024, 1025, 1_048_577})
    void sumsAreTheSameBits(int count) {
        for (ElementFormat format : List.of(ElementFormat.FP32, ElementFormat.BF16)) {
            HostElements values = gaussian(format, count, "values");
            assertThat(sums(cuda, values)).containsExactly(sums(REFERENCE, values));
        }
    }

    private static double[] sums(KernelDevice device, HostElements values) {
        try (ElementArena arena = device.newArena()) {
            Elements memory = arena.copyOf(values);
            HostElements sum = HostElements.of(ElementFormat.FP64, Double.NaN);
            HostElements squares = HostElements.of(ElementFormat.FP64, Double.NaN);
            Elements out = arena.copyOf(sum);
            device.fixedOrderSum().sum(memory, out);
            arena.read(out, sum);
            device.fixedOrderSum().sumOfSquares(memory, out);
            arena.read(out, squares);
            return new double[] {sum.get(0), squares.get(0)};
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 1024", "3, 7", "8, 1153", "13, 250"})
    void partsAddUpToTheSameBits(int parts, int length) {
        for (ElementFormat format : List.of(ElementFormat.FP32, ElementFormat.BF16)) {
            HostElements values = gaussian(format, (long) parts * length, "parts");
            assertThat(added(cuda, values, parts).bytes())
                    .isEqualTo(added(REFERENCE, values, parts).bytes());
        }
    }

    private static HostElements added(KernelDevice device, HostElements values, int parts) {
        try (ElementArena arena = device.newArena()) {
            HostElements sum = HostElements.allocate(values.format(), values.count() / parts);
            Elements out = arena.allocate(values.format(), sum.count());
            device.fixedOrderSum().addParts(new FixedOrderSum.Parts(arena.copyOf(values), parts), out);
            arena.read(out, sum);
            return sum;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "129, 1031", "1, 500000"})
    void hashesAreTheSame(int rows, int columns) {
        for (ElementFormat format : List.of(ElementFormat.FP32, ElementFormat.BF16)) {
            HostElements values = gaussian(format, (long) rows * columns, "hashed");
            assertThat(hash(cuda, values, columns)).isEqualTo(hash(REFERENCE, values, columns));
        }
    }

    private static TensorHash hash(KernelDevice device, HostElements values, int columns) {
        try (ElementArena arena = device.newArena()) {
            HostElements sums = HostElements.of(0L, 0L);
            Elements out = arena.copyOf(sums);
            device.tensorHashing()
                    .add(
                            new TensorHashing.Part(
                                    arena.copyOf(values), columns, 2L * columns, 11, TensorHash.key("weight")),
                            out);
            arena.read(out, sums);
            return TensorHashing.hash(sums);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementFormat.class,
            names = {"FP32", "BF16"})
    void noiseIsCounterNoise(ElementFormat format) {
        FlowNoising.LatentGrid large = new FlowNoising.LatentGrid(2, 24, 5, 48 * 80);
        for (FlowNoising.LatentGrid grid : List.of(new FlowNoising.LatentGrid(3, 5, 3, 7), large)) {
            Map<String, HostElements> expected = noised(REFERENCE, grid, format);
            Map<String, HostElements> found = noised(cuda, grid, format);
            for (String tensor : List.of("noise", "noisy")) {
                long others = IntStream.range(0, (int) expected.get(tensor).count())
                        .filter(i ->
                                expected.get(tensor).get(i) != found.get(tensor).get(i))
                        .count();
                System.out.printf("%s %s: %d numbers differ from CounterNoise's%n", tensor, grid, others);
                // Of a million numbers none is expected to lie so near a tie that the last bit of a double decides
                // it.
                assertThat(others).as("%s of %s that differ", tensor, grid).isLessThanOrEqualTo(1);
                assertThat(Ulps.largest(found.get(tensor), expected.get(tensor)))
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    private static Map<String, HostElements> noised(
            KernelDevice device, FlowNoising.LatentGrid grid, ElementFormat format) {
        long count = grid.samples() * grid.elements();
        HostElements time = HostElements.allocate(ElementFormat.FP32, (long) grid.samples() * grid.frames());
        for (int i = 0; i < time.count(); i++) {
            time.set(i, i % grid.frames() == 0 ? 0 : 0.1 + 0.8 * i / time.count());
        }
        List<CounterNoise> noises = IntStream.range(0, grid.samples())
                .mapToObj(b -> CounterNoise.of(9, "training-noise", 4, b))
                .toList();
        HostElements noise = HostElements.allocate(format, count);
        HostElements noisy = HostElements.allocate(format, count);
        try (ElementArena arena = device.newArena()) {
            Elements noiseMemory = arena.allocate(format, count);
            Elements noisyMemory = arena.allocate(format, count);
            device.flowNoising()
                    .apply(new FlowNoising.Call(
                            grid,
                            arena.copyOf(gaussian(format, count, "latent")),
                            arena.copyOf(FlowNoising.streams(noises)),
                            arena.copyOf(time),
                            noiseMemory,
                            noisyMemory));
            arena.read(noiseMemory, noise);
            arena.read(noisyMemory, noisy);
        }
        return Map.of("noise", noise, "noisy", noisy);
    }

    private static HostElements gaussian(ElementFormat format, long count, String purpose) {
        HostElements elements = HostElements.allocate(format, count);
        float[] values = new float[(int) count];
        CounterNoise.of(23, purpose).fillGaussian(values);
        for (int i = 0; i < count; i++) {
            elements.set(i, values[i]);
        }
        return elements;
    }
}
