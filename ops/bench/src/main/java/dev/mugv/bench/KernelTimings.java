package dev.mugv.bench;

import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.TensorHash;
import dev.mugv.kernels.cuda.CudaDevice;
import dev.mugv.kernels.cuda.CudaStopwatch;
import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.BiasedGelu;
import dev.mugv.kernels.operation.BucketOptimizer;
import dev.mugv.kernels.operation.ElementArena;
import dev.mugv.kernels.operation.FixedOrderSum;
import dev.mugv.kernels.operation.FlowNoising;
import dev.mugv.kernels.operation.GatedResidual;
import dev.mugv.kernels.operation.HeadGrid;
import dev.mugv.kernels.operation.ModulatedNorm;
import dev.mugv.kernels.operation.Modulation;
import dev.mugv.kernels.operation.RotaryNorm;
import dev.mugv.kernels.operation.TensorHashing;
import dev.mugv.kernels.operation.TokenGrid;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Times every CUDA kernel on a GPU against the floor that memory sets: the bytes that it must read and write, at the rate at which
 * the same GPU adds two buffers into a third (the sum of two parts), measured in the same run. Arguments: device, width, heads, tokens,
 * rounds (cuda:0 3456 48 16384 20 without any). Residual stream fp32, products bf16, as the blocks take them. Medians by the GPU's own
 * clock. What the stand-in of the tests prints is marked, and is no result.
 */
public final class KernelTimings implements AutoCloseable {
    private static final double EPSILON = 1e-6;
    private static final int VECTORS = 3;
    private static final int POSITIONS = 480;

    private final CudaDevice device;
    private final ElementArena arena;
    private final CudaStopwatch stopwatch;
    private final TokenGrid grid;
    private final HeadGrid heads;
    private final int rounds;

    private KernelTimings(CudaDevice device, int width, int headCount, int tokens, int rounds) {
        this.device = device;
        this.arena = device.newArena();
        this.stopwatch = device.newStopwatch();
        this.grid = new TokenGrid(1, tokens, width);
        this.heads = new HeadGrid(1, tokens, headCount, width / headCount);
        this.rounds = rounds;
    }

    public static void main(String[] arguments) {
        String[] a = arguments.length == 0 ? new String[] {"cuda:0", "3456", "48", "16384", "20"} : arguments;
        int[] n = Arrays.stream(a).skip(1).mapToInt(Integer::parseInt).toArray();
        try (CudaDevice device = CudaDevice.open(Device.parse(a[0]));
                KernelTimings timings = new KernelTimings(device, n[0], n[1], n[2], n[3])) {
            System.out.println(device.description());
            if (device.isEmulated()) {
                System.out.println("EMULATED on a processor: these times say nothing of a GPU");
            }
            timings.print();
        } catch (UnusableDeviceException e) {
            System.err.println(e.getMessage());
            System.exit(64);
        }
    }

    private void print() {
        long all = grid.elements();
        Elements parts = numbers(ElementFormat.FP32, 2 * all);
        Elements sum = numbers(ElementFormat.FP32, all);
        double floor =
                seconds(() -> device.fixedOrderSum().addParts(new FixedOrderSum.Parts(parts, 2), sum)) / (12.0 * all);
        System.out.printf("floor: %.0f GB/s%n", 1e-9 / floor);
        activations(floor);
        attention(floor);
        optimizer(floor);
        double hash = seconds(() -> device.tensorHashing()
                .add(TensorHashing.Part.whole(sum, TensorHash.key("x")), arena.copyOf(HostElements.of(0L, 0L))));
        row("tensor hash", 4.0 * all, hash, floor);
        Elements out = arena.allocate(ElementFormat.FP64, 1);
        row("sum of squares", 4.0 * all, seconds(() -> device.fixedOrderSum().sumOfSquares(sum, out)), floor);
    }

    private void activations(double floor) {
        long all = grid.elements();
        Elements stream = numbers(ElementFormat.FP32, all);
        Elements other = numbers(ElementFormat.FP32, all);
        Elements product = numbers(ElementFormat.BF16, all);
        Elements dproduct = numbers(ElementFormat.BF16, all);
        Elements bias = numbers(ElementFormat.FP32, grid.width());
        Elements dbias = numbers(ElementFormat.FP32, grid.width());
        Elements dtable = numbers(ElementFormat.FP32, 2L * VECTORS * grid.width());
        Modulation modulation = new Modulation(
                numbers(ElementFormat.FP32, 2L * VECTORS * grid.width()),
                arena.copyOf(HostElements.allocate(ElementFormat.UINT8, grid.rows())),
                VECTORS * grid.width());
        GatedResidual.Branch branch =
                new GatedResidual.Branch(grid, product, bias, modulation, GatedResidual.Vectors.GATE);
        GatedResidual.Forward gated = new GatedResidual.Forward(branch, stream, other);
        row("gated residual", 10.0 * all, seconds(() -> device.gatedResidual().forward(gated)), floor);
        GatedResidual.Backward gatedBack = new GatedResidual.Backward(branch, stream, dproduct, dbias, dtable);
        row(
                "gated residual, back",
                8.0 * all,
                seconds(() -> device.gatedResidual().backward(gatedBack)),
                floor);
        ModulatedNorm.Input input = new ModulatedNorm.Input(grid, stream, modulation);
        ModulatedNorm.Moments moments = new ModulatedNorm.Moments(
                numbers(ElementFormat.FP32, grid.rows()), numbers(ElementFormat.FP32, grid.rows()));
        ModulatedNorm.Forward norm = new ModulatedNorm.Forward(input, EPSILON, product, moments);
        row("modulated norm", 6.0 * all, seconds(() -> device.modulatedNorm().forward(norm)), floor);
        ModulatedNorm.Backward normBack = new ModulatedNorm.Backward(input, moments, dproduct, other, dtable);
        row(
                "modulated norm, back",
                14.0 * all,
                seconds(() -> device.modulatedNorm().backward(normBack)),
                floor);
        BiasedGelu.Input gelu = new BiasedGelu.Input(grid.rows(), grid.width(), product, bias);
        row(
                "gelu",
                4.0 * all,
                seconds(() -> device.biasedGelu().forward(new BiasedGelu.Forward(gelu, dproduct))),
                floor);
        Elements dx = numbers(ElementFormat.BF16, all);
        BiasedGelu.Backward geluBack = new BiasedGelu.Backward(gelu, dproduct, dx, dbias);
        row("gelu, back", 6.0 * all, seconds(() -> device.biasedGelu().backward(geluBack)), floor);
    }

    private void attention(double floor) {
        long one = heads.elements();
        Elements qkv = numbers(ElementFormat.BF16, 3 * one);
        Elements dqkv = numbers(ElementFormat.BF16, 3 * one);
        Elements out = numbers(ElementFormat.BF16, 2 * one);
        Elements weight = numbers(ElementFormat.FP32, 2L * heads.width());
        Elements dweight = numbers(ElementFormat.FP32, 2L * heads.width());
        Elements rstd = numbers(ElementFormat.FP32, 2 * heads.rows() * heads.heads());
        HostElements position = HostElements.allocate(ElementFormat.INT32, 3 * heads.rows());
        for (int i = 0; i < position.count(); i++) {
            position.set(i, i % POSITIONS);
        }
        RotaryNorm.Heads input = new RotaryNorm.Heads(
                heads,
                qkv,
                weight,
                new RotaryNorm.Rotation(
                        arena.copyOf(position), numbers(ElementFormat.FP32, 2L * POSITIONS * heads.pairsOfAxis())));
        RotaryNorm.Forward forward = new RotaryNorm.Forward(input, EPSILON, out, rstd);
        row("rotary norm", 8.0 * one, seconds(() -> device.rotaryNorm().forward(forward)), floor);
        RotaryNorm.Backward backward = new RotaryNorm.Backward(input, rstd, out, dqkv, dweight);
        row("rotary norm, back", 12.0 * one, seconds(() -> device.rotaryNorm().backward(backward)), floor);
    }

    private void optimizer(double floor) {
        long all = grid.elements();
        Elements first = numbers(ElementFormat.FP32, all);
        BucketOptimizer.Bucket bucket = new BucketOptimizer.Bucket(
                numbers(ElementFormat.FP32, all),
                numbers(ElementFormat.BF16, all),
                new BucketOptimizer.Moments(first, zeros(ElementFormat.FP32, all)),
                new BucketOptimizer.Derived(
                        Optional.of(numbers(ElementFormat.FP32, all)),
                        Optional.of(numbers(ElementFormat.BF16, all)),
                        arena.allocate(ElementFormat.FP64, 2)));
        AdamW.Coefficients coefficients =
                AdamW.Coefficients.of(new AdamW.HyperParameters(0.9, 0.999, 1e-8), new AdamW.Step(10, 1e-4, 1), 0);
        BucketOptimizer.Update update =
                new BucketOptimizer.Update(coefficients, 0.999, CounterNoise.of(1, "bf16-rounding"), 0);
        // Parameter, both moments and average there and back in fp32; gradient and copy once in bf16.
        row(
                "AdamW, average, bf16",
                36.0 * all,
                seconds(() -> device.bucketOptimizer().update(bucket, update)),
                floor);
        int frames = 16;
        long places = all / (24L * frames);
        FlowNoising.LatentGrid latent = new FlowNoising.LatentGrid(1, 24, frames, places);
        FlowNoising.Call noising = new FlowNoising.Call(
                latent,
                numbers(ElementFormat.BF16, latent.elements()),
                arena.copyOf(FlowNoising.streams(List.of(CounterNoise.of(1, "training-noise")))),
                numbers(ElementFormat.FP32, frames),
                numbers(ElementFormat.BF16, latent.elements()),
                numbers(ElementFormat.BF16, latent.elements()));
        row(
                "noising",
                6.0 * latent.elements(),
                seconds(() -> device.flowNoising().apply(noising)),
                floor);
    }

    private double seconds(Runnable work) {
        double[] times = new double[rounds];
        work.run();
        for (int i = 0; i < rounds; i++) {
            stopwatch.start();
            work.run();
            times[i] = stopwatch.stop().toNanos() / 1e9;
        }
        Arrays.sort(times);
        return times[rounds / 2];
    }

    private static void row(String kernel, double bytes, double seconds, double floor) {
        System.out.printf(
                "%-22s %9.1f us, %6.0f GB/s, %.2f of the floor's rate%n",
                kernel, 1e6 * seconds, 1e-9 * bytes / seconds, bytes * floor / seconds);
    }

    private Elements zeros(ElementFormat format, long count) {
        return arena.copyOf(HostElements.allocate(format, count));
    }

    private Elements numbers(ElementFormat format, long count) {
        HostElements content = HostElements.allocate(format, count);
        CounterNoise noise = CounterNoise.of(1, "numbers");
        float[] values = new float[4096];
        noise.fillGaussian(values);
        for (int i = 0; i < count; i++) {
            content.set(i, values[i % values.length]);
        }
        return arena.copyOf(content);
    }

    @Override
    public void close() {
        stopwatch.close();
        arena.close();
    }
}
