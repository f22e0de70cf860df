package dev.mugv.model.format;

import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.ReversalConfiguration;
import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * Parameters of {@code REVERSE_SAMPLE}. Inputs: the model, and the latent shards that hold the clips.
 *
 * @param shape of the latents
 * @param reversal how far they are noised, and the sampler's steps
 * @param precision what the model computes in
 * @param items clips, each with its conditioning
 */
public record ReverseSampleOrder(
        VideoShape shape, ReversalConfiguration reversal, ComputePrecision precision, List<Item> items) {
    private static final String REAL = "real-";

    public ReverseSampleOrder {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("expected clips to make pairs of, found none");
        }
    }

    /** Whether a sample of that id is a clip's own latent, which no model made. */
    public static boolean isReal(String sampleId) {
        return sampleId.startsWith(REAL);
    }

    /**
     * @param clipId a clip of the shards
     * @param caption its caption, for people
     * @param conditionedFrames latent frames that are given clean: 0 or 1
     */
    public record Item(String clipId, String caption, int conditionedFrames) {
        /** Id of the clip's own latent among the samples. */
        public String realId() {
            return REAL + clipId + "-" + conditionedFrames;
        }

        /** Id of what comes back. */
        public String reversedId() {
            return "reversed-" + clipId + "-" + conditionedFrames;
        }
    }
}
