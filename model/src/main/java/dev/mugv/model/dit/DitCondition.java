package dev.mugv.model.dit;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the transformer is told of one sample besides its latent.
 *
 * @param timestep noise level in [0, 1000]; 1000 is pure noise
 * @param fps frames a second of the video
 * @param cleanFrames latent frames given without noise: they condition the others and get the modulation of timestep 0
 * @param frameIndices positions in time of the start token, the latent frames and the end token; {@link #consecutive} for a
 *     clip of its own, others to place a clip within a longer video
 * @param textTokens tokens of this sample's caption, at least 1
 */
public record DitCondition(
        double timestep, double fps, Set<Integer> cleanFrames, List<Integer> frameIndices, int textTokens) {
    public static final double PURE_NOISE = 1000;

    public DitCondition {
        cleanFrames = Set.copyOf(cleanFrames);
        frameIndices = List.copyOf(frameIndices);
        int frames = frameIndices.size() - 2;
        boolean framesFit = frames >= 1 && cleanFrames.stream().allMatch(frame -> frame >= 0 && frame < frames);
        if (!(timestep >= 0 && timestep <= PURE_NOISE) || !(fps > 0) || textTokens < 1 || !framesFit) {
            throw new IllegalArgumentException(
                    "expected timestep 0 to 1000, fps over 0, text and clean frames within the clip; found " + timestep
                            + ", " + fps + ", " + textTokens + ", " + cleanFrames + " of " + frameIndices);
        }
    }

    /** A clip that is not part of a longer one: start token 0, frame i at i + 1, end token behind. */
    public static List<Integer> consecutive(int latentFrames) {
        return IntStream.range(0, latentFrames + 2).boxed().toList();
    }

    /**
     * A clip within a longer video: the start token stands at the video's start, the end token behind its end, and the frames
     * in their places, counted from 1.
     *
     * @param first latent frame of the video that is the clip's first, from 0
     * @param latentFrames of the clip
     * @param videoLatentFrames of the whole video
     */
    public static List<Integer> within(int first, int latentFrames, int videoLatentFrames) {
        if (first < 0 || latentFrames < 1 || first + latentFrames > videoLatentFrames) {
            throw new IllegalArgumentException("expected %d frames from %d within a video of %d"
                    .formatted(latentFrames, first, videoLatentFrames));
        }
        IntStream frames = IntStream.rangeClosed(first + 1, first + latentFrames);
        return IntStream.concat(IntStream.concat(IntStream.of(0), frames), IntStream.of(videoLatentFrames + 1))
                .boxed()
                .toList();
    }

    /** The same sample at another noise level. */
    public DitCondition at(double otherTimestep) {
        return new DitCondition(otherTimestep, fps, cleanFrames, frameIndices, textTokens);
    }

    int latentFrames() {
        return frameIndices.size() - 2;
    }
}
