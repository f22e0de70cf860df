package dev.mugv.model.flow;

import ai.djl.ndarray.NDArray;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.tensor.AxisSizes;
import java.util.List;
import java.util.Set;

/**
 * One sample to be made.
 *
 * @param latent_BCFHW batch of 1; its clean frames are the condition; its other frames matter only when sampling does not
 *     start from pure noise
 * @param noise_BCFHW start noise of the same shape
 * @param cleanFrames latent frames that are kept
 * @param text_SD caption's features, without padding
 * @param negative_SD negative prompt's features
 * @param frameIndices see {@link dev.mugv.model.dit.DitCondition}
 * @param fps frames a second
 * @param shift of the timesteps
 * @param startStep first step that is done, counted from 0: its timestep's share of noise is mixed into the latent, and steps
 *     before it are left out; 0 starts from pure noise
 */
public record SamplingRequest(
        NDArray latent_BCFHW,
        NDArray noise_BCFHW,
        Set<Integer> cleanFrames,
        NDArray text_SD,
        NDArray negative_SD,
        List<Integer> frameIndices,
        double fps,
        TimestepShift shift,
        int startStep) {
    public SamplingRequest {
        cleanFrames = Set.copyOf(cleanFrames);
        frameIndices = List.copyOf(frameIndices);
        new AxisSizes("sample a latent")
                .fix('B', 1)
                .fix('C', DitParameters.LATENT_CHANNELS)
                .fix('F', frameIndices.size() - 2)
                .bind("latent_BCFHW", latent_BCFHW)
                .bind("noise_BCFHW", noise_BCFHW)
                .bind("text_SD", text_SD);
        if (startStep < 0) {
            throw new IllegalArgumentException("expected a start step from 0, found " + startStep);
        }
    }
}
