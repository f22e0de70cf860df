package dev.mugv.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.AdamW;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.BucketOptimizer;
import dev.mugv.kernels.operation.FlowNoising;
import dev.mugv.kernels.operation.KernelDevice;
import dev.mugv.kernels.reference.ReferenceDevice;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.TransformerPasses;
import dev.mugv.model.tensor.TorchRuntime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Prints what share of an update the Java reference of optimizer and noising would be on a processor: arguments width, layers, latent
 * frames, side, text tokens, rounds (1152 4 4 32 128 3 without any). One thread. Every round times a pass forward and back of one sample, an
 * optimizer over as many parameters and the noising of the sample, one after the other, by the process's processor time; medians.
 */
public final class OptimizerShare {
    private OptimizerShare() {}

    public static void main(String[] arguments) {
        int[] a = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        if (a.length == 0) {
            a = new int[] {1152, 4, 4, 32, 128, 3};
        }
        TorchRuntime runtime = TorchRuntime.start(1);
        DitSize size = new DitSize(a[0], a[1], 4096, 300);
        int rounds = a[5];
        double[] pass = new double[rounds];
        double[] optimizer = new double[rounds];
        double[] noising = new double[rounds];
        try (NDManager scope = runtime.newScope();
                TransformerPasses model = new TransformerPasses(
                        scope, size, ComputePrecision.FP32, new Shape(1, 24, a[2], a[3], a[3]), a[4]);
                KernelDevice device = new ReferenceDevice(1)) {
            int parameters = Math.toIntExact(model.parameters().size());
            Runnable update = optimizer(device, parameters);
            Runnable noise = noising(device, new FlowNoising.LatentGrid(1, 24, a[2], (long) a[3] * a[3]));
            for (int warm = 0; warm < 2; warm++) {
                model.forwardAndBackward(scope);
                update.run();
            }
            for (int warm = 0; warm < 200; warm++) {
                noise.run();
            }
            for (int i = 0; i < rounds; i++) {
                pass[i] =
                        PairedTimes.time(() -> model.forwardAndBackward(scope)).processor();
                optimizer[i] = PairedTimes.time(update).processor();
                noising[i] = PairedTimes.time(noise).processor();
            }
            double all = median(pass) + median(optimizer) + median(noising);
            System.out.printf(
                    "%s, %.1f M parameters: pass %.4f s, optimizer %.4f s (%.2f ns a parameter, %.1f %% of the update), noising %.6f s (%.2f %%)%n",
                    size,
                    parameters / 1e6,
                    median(pass),
                    median(optimizer),
                    1e9 * median(optimizer) / parameters,
                    100 * median(optimizer) / all,
                    median(noising),
                    100 * median(noising) / all);
        }
    }

    private static Runnable optimizer(KernelDevice device, int count) {
        HostElements gradient = HostElements.allocate(ElementFormat.FP32, count);
        float[] values = new float[Math.min(count, 1 << 20)];
        CounterNoise.of(1, "gradient").fillGaussian(values);
        for (int at = 0; at < count; at += values.length) {
            gradient.floats().put(at, values, 0, Math.min(values.length, count - at));
        }
        BucketOptimizer.Bucket bucket = new BucketOptimizer.Bucket(
                HostElements.allocate(ElementFormat.FP32, count),
                gradient,
                new BucketOptimizer.Moments(
                        HostElements.allocate(ElementFormat.FP32, count),
                        HostElements.allocate(ElementFormat.FP32, count)),
                new BucketOptimizer.Derived(
                        Optional.empty(), Optional.empty(), HostElements.allocate(ElementFormat.FP64, 2)));
        AdamW.Coefficients coefficients =
                AdamW.Coefficients.of(new AdamW.HyperParameters(0.9, 0.999, 1e-8), new AdamW.Step(10, 1e-4, 0.5), 0.01);
        BucketOptimizer.Update update =
                new BucketOptimizer.Update(coefficients, 0, CounterNoise.of(1, "bf16-rounding"), 0);
        return () -> device.bucketOptimizer().update(bucket, update);
    }

    private static Runnable noising(KernelDevice device, FlowNoising.LatentGrid grid) {
        HostElements latent = HostElements.allocate(ElementFormat.FP32, grid.elements());
        HostElements time = HostElements.allocate(ElementFormat.FP32, grid.frames());
        FlowNoising.Call call = new FlowNoising.Call(
                grid,
                latent,
                FlowNoising.streams(List.of(CounterNoise.of(1, "training-noise"))),
                time,
                HostElements.allocate(ElementFormat.FP32, grid.elements()),
                HostElements.allocate(ElementFormat.FP32, grid.elements()));
        return () -> device.flowNoising().apply(call);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
