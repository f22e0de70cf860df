package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * The fixed grid of (clip, timestep, noise) on which a stage's loss is measured before and after training: every clip with
 * every timestep, the noise being a function of seed, clip and timestep.
 *
 * @param clipIds held-out clips, none of which is trained on
 * @param shape shape of their latents
 * @param timesteps evenly spaced timesteps a clip, each the middle of its interval, before the resolution shift
 * @param seed root of the noise
 */
public record ValidationGrid(List<String> clipIds, VideoShape shape, int timesteps, long seed) {
    public ValidationGrid {
        clipIds = List.copyOf(clipIds);
        if (clipIds.isEmpty() || timesteps < 1) {
            throw new IllegalArgumentException(
                    "a validation grid needs clips and timesteps, got %d and %d".formatted(clipIds.size(), timesteps));
        }
    }
}
