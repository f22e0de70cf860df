package dev.mugv.model.format;

/**
 * What a sample is generated from.
 *
 * @param clip the clip whose caption's features, and whose first frame if it is given, are the conditioning
 * @param caption the clip's caption, for people; the model reads its features from the latent shards
 * @param conditioning what is given beside the caption
 */
public record GenerationItem(ClipSource clip, String caption, Conditioning conditioning) {
    /** What the sampler is given beside the caption. */
    public enum Conditioning {
        /** Nothing: text to video. */
        CAPTION("t2v", 0),
        /** The clip's first frame as the first latent frame: image to video. */
        FIRST_FRAME("i2v", 1);

        private final String label;
        private final int latentFrames;

        Conditioning(String label, int latentFrames) {
            this.label = label;
            this.latentFrames = latentFrames;
        }

        /** {@code t2v} or {@code i2v}. */
        public String label() {
            return label;
        }

        /** Latent frames that are given clean. */
        public int latentFrames() {
            return latentFrames;
        }
    }

    /** Id of the sample with this number: unique over all items and numbers of a run. */
    public String sampleId(int number) {
        return clip.clipId() + "-" + conditioning.label() + "-" + number;
    }
}
