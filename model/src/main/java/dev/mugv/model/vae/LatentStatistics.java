package dev.mugv.model.vae;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VaeSize;
import java.nio.FloatBuffer;

/** Mean and standard deviation of every latent channel over many videos, summed in double. */
final class LatentStatistics {
    /** A channel that never moves keeps its unit instead of being divided by nothing. */
    private static final double LEAST_DEVIATION = 1e-6;

    private final double[] sums = new double[VaeSize.LATENT_CHANNELS];
    private final double[] squares = new double[VaeSize.LATENT_CHANNELS];
    private long count;

    /** Takes in the posterior mean, not normalised, of one video. */
    void add(VideoVae vae, NDManager scope, PixelSource video) {
        try (NDManager local = scope.newSubManager()) {
            float[] mean_CFHW =
                    vae.posterior(local, video).mean_BCFHW().squeeze(0).toFloatArray();
            int perChannel = mean_CFHW.length / VaeSize.LATENT_CHANNELS;
            for (int i = 0; i < mean_CFHW.length; i++) {
                sums[i / perChannel] += mean_CFHW[i];
                squares[i / perChannel] += (double) mean_CFHW[i] * mean_CFHW[i];
            }
            count += perChannel;
        }
    }

    /** Writes shift and scale, so that the latents seen have mean 0 and standard deviation 1. */
    void store(FloatBuffer shift, FloatBuffer scale) {
        for (int channel = 0; channel < VaeSize.LATENT_CHANNELS; channel++) {
            double mean = sums[channel] / count;
            double deviation = Math.sqrt(Math.max(0, squares[channel] / count - mean * mean));
            shift.put(channel, (float) mean);
            scale.put(channel, (float) (deviation > LEAST_DEVIATION ? deviation : 1));
        }
    }
}
