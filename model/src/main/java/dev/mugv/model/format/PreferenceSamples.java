package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Samples that were generated to be labelled: {@code samples.json} beside {@code samples.safetensors}.
 *
 * @param samples in the order of generation
 */
public record PreferenceSamples(List<Sample> samples) {
    public static final String FILE_NAME = "samples.json";
    public static final String TENSORS_FILE_NAME = "samples.safetensors";

    public PreferenceSamples {
        samples = List.copyOf(samples);
    }

    /**
     * One generated video.
     *
     * @param sampleId unique over all samples that are labelled together
     * @param clipId the clip whose caption, and whose first latent frame if frames were given, were the conditioning
     * @param conditionedFrames latent frames of the clip that were given clean: 0 (text-to-video) or 1 (image-to-video)
     * @param caption the clip's caption
     * @param seed of the start noise
     * @param shape of the video
     * @param measures automatic measures by name, for example {@code smoothness}
     * @param tensor name of the normalised latent {@code [C,F,H,W]}, fp32, in {@code samples.safetensors}
     */
    public record Sample(
            String sampleId,
            String clipId,
            int conditionedFrames,
            String caption,
            long seed,
            VideoShape shape,
            Map<String, Double> measures,
            String tensor) {
        public Sample {
            measures = Collections.unmodifiableMap(new TreeMap<>(measures));
            if (conditionedFrames < 0 || conditionedFrames >= shape.latentFrames()) {
                throw new IllegalArgumentException("sample %s: expected 0 to %d conditioned frames, found %d"
                        .formatted(sampleId, shape.latentFrames() - 1, conditionedFrames));
            }
        }

        /** Whether both were made from the same clip in the same way, so that one may be preferred to the other. */
        public boolean hasSameConditioning(Sample other) {
            return clipId.equals(other.clipId)
                    && conditionedFrames == other.conditionedFrames
                    && shape.equals(other.shape);
        }
    }
}
