package dev.mugv.model.vae;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.parallel.Ranks;
import dev.mugv.model.parallel.SampleFigures;
import java.nio.FloatBuffer;

/** Mean and standard deviation of every latent channel over many videos, summed in double, and over ranks in the order of videos. */
final class LatentStatistics {
    /** A channel that never moves keeps its unit instead of being divided by nothing. */
    private static final double LEAST_DEVIATION = 1e-6;

    private static final int CHANNELS = VaeSize.LATENT_CHANNELS;

    private final SampleFigures videos;

    /** @param videos how many there are, over all ranks */
    LatentStatistics(int videos) {
        this.videos = new SampleFigures(videos, 2 * CHANNELS + 1);
    }

    /**
     * Takes in the posterior mean, not normalised, of one video.
     *
     * @param number of the video, from 0; each is taken in by one rank
     */
    void add(int number, VideoVae vae, NDManager scope, PixelSource video) {
        try (NDManager local = scope.newSubManager()) {
            float[] mean_CFHW =
                    vae.posterior(local, video).mean_BCFHW().squeeze(0).toFloatArray();
            int perChannel = mean_CFHW.length / CHANNELS;
            double[] found = new double[2 * CHANNELS + 1];
            for (int i = 0; i < mean_CFHW.length; i++) {
                found[i / perChannel] += mean_CFHW[i];
                found[CHANNELS + i / perChannel] += (double) mean_CFHW[i] * mean_CFHW[i];
            }
            found[2 * CHANNELS] = perChannel;
            videos.put(number, found);
        }
    }

    /** Writes shift and scale, so that the latents that all ranks have seen have mean 0 and standard deviation 1. */
    void store(Ranks ranks, FloatBuffer shift, FloatBuffer scale) {
        double[] totals = videos.totals(ranks);
        double count = totals[2 * CHANNELS];
        for (int channel = 0; channel < CHANNELS; channel++) {
            double mean = totals[channel] / count;
            double deviation = Math.sqrt(Math.max(0, totals[CHANNELS + channel] / count - mean * mean));
            shift.put(channel, (float) mean);
            scale.put(channel, (float) (deviation > LEAST_DEVIATION ? deviation : 1));
        }
    }
}
