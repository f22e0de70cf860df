package dev.mugv.kernels.reference;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.Bf16;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.FlowNoising;
import java.nio.LongBuffer;

/** Frames of channels are mixed as arrays, which the JIT vectorises; samples are done side by side. */
final class ReferenceFlowNoising implements FlowNoising {
    private final Workers workers;

    ReferenceFlowNoising(Workers workers) {
        this.workers = workers;
    }

    @Override
    public void apply(Call call) {
        LongBuffer streams = HostArena.of(call.streams_B2()).longs();
        workers.forEach(
                call.grid().samples(),
                b -> apply(call, b, CounterNoise.at(streams.get(2 * b), streams.get(2 * b + 1))));
    }

    private static void apply(Call call, int sample, CounterNoise source) {
        LatentGrid grid = call.grid();
        int elements = Math.toIntExact(grid.elements());
        int places = Math.toIntExact(grid.places());
        float[] noise = new float[elements];
        float[] noisy = new float[elements];
        source.fillGaussian(noise);
        long first = (long) sample * elements;
        read(HostArena.of(call.latent_BCFP()).slice(first, elements), noisy);
        HostElements time_BF = HostArena.of(call.time_BF());
        for (int at = 0, frame = 0; at < elements; at += places, frame = (frame + 1) % grid.frames()) {
            mix(noisy, noise, at, places, (float) time_BF.get(sample * grid.frames() + frame));
        }
        write(noise, HostArena.of(call.noise_BCFP()).slice(first, elements));
        write(noisy, HostArena.of(call.noisy_BCFP()).slice(first, elements));
    }

    private static void mix(float[] values, float[] noise, int first, int count, float time) {
        float rest = 1 - time;
        for (int i = first; i < first + count; i++) {
            values[i] = rest * values[i] + time * noise[i];
        }
    }

    private static void read(HostElements from, float[] to) {
        if (from.format() == ElementFormat.FP32) {
            from.floats().get(to);
            return;
        }
        short[] bits = new short[to.length];
        from.shorts().get(bits);
        for (int i = 0; i < bits.length; i++) {
            to[i] = Bf16.widen(bits[i]);
        }
    }

    private static void write(float[] from, HostElements to) {
        if (to.format() == ElementFormat.FP32) {
            to.floats().put(from);
            return;
        }
        short[] bits = new short[from.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Bf16.nearest(from[i]);
        }
        to.shorts().put(bits);
    }
}
