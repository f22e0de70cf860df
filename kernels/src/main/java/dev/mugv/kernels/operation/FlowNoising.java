package dev.mugv.kernels.operation;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Rectified flow: {@code noisy = (1 - t) x + t noise}, with the noise of a {@link CounterNoise} a sample, both left. In bf16 both are rounded
 * from fp32, each by itself.
 *
 * <p>Words, and the arithmetic of mixing, have the same bits everywhere. Logarithm, sine and cosine are those of the device, in
 * double: they may differ in the last bit of a double from {@link StrictMath}'s, which shows in the fp32 number only where the double
 * lies within that bit of a tie, one time in 10^8, and then in its last bit.
 */
public interface FlowNoising {
    void apply(Call call);

    /**
     * Latents of a batch.
     *
     * @param samples of the batch
     * @param channels of a latent
     * @param frames of a latent
     * @param places of a frame
     */
    record LatentGrid(int samples, int channels, int frames, long places) {
        public LatentGrid {
            Requirement.positive("samples", samples);
            Requirement.positive("channels", channels);
            Requirement.positive("frames", frames);
            Requirement.positive("places", places);
        }

        /** Elements of a sample. */
        public long elements() {
            return (long) channels * frames * places;
        }
    }

    /**
     * One batch.
     *
     * @param latent_BCFP the clean latents
     * @param streams_B2 of {@link #streams}
     * @param time_BF noise level of every frame in [0, 1], fp32; 0 for a clean frame
     * @param noise_BCFP is written
     * @param noisy_BCFP is written; may be the latent itself
     */
    // Six components: five of them are the tensors of one formula.
    record Call(
            LatentGrid grid,
            Elements latent_BCFP,
            Elements streams_B2,
            Elements time_BF,
            Elements noise_BCFP,
            Elements noisy_BCFP) {
        public Call {
            long all = grid.samples() * grid.elements();
            Requirement.of("latent", latent_BCFP, all, ElementFormat.FP32, ElementFormat.BF16);
            Requirement.of("streams", streams_B2, 2L * grid.samples(), ElementFormat.INT64);
            Requirement.of("time", time_BF, (long) grid.samples() * grid.frames(), ElementFormat.FP32);
            Requirement.of("noise", noise_BCFP, all, latent_BCFP.format());
            Requirement.of("noisy", noisy_BCFP, all, latent_BCFP.format());
        }

        public ElementFormat format() {
            return latent_BCFP.format();
        }
    }

    /** Keys and streams of noises, one a sample. */
    static HostElements streams(List<CounterNoise> noises) {
        return HostElements.of(noises.stream()
                .flatMapToLong(noise -> LongStream.of(noise.key(), noise.stream()))
                .toArray());
    }
}
