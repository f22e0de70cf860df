package dev.mugv.model.format;

import java.util.Optional;

/**
 * What a sample is generated from.
 *
 * @param name tells items apart: a clip's id, or the name of a prompt; lower-case letters, digits and hyphens
 * @param prompt caption, or a text of the user's own
 * @param firstFrameOf the clip whose first frame is given, for image to video
 * @param rewriting how the prompt came about, where a service has put another one into these words
 */
public record GenerationItem(
        String name, String prompt, Optional<ClipSource> firstFrameOf, Optional<RewrittenPrompt> rewriting) {
    /** One in the words that were given. */
    public GenerationItem(String name, String prompt, Optional<ClipSource> firstFrameOf) {
        this(name, prompt, firstFrameOf, Optional.empty());
    }

    public GenerationItem {
        if (!name.matches("[a-z0-9][a-z0-9-]*")) {
            throw new IllegalArgumentException(
                    "name: expected lower-case letters, digits and hyphens, found '" + name + "'");
        }
    }

    public Conditioning conditioning() {
        return firstFrameOf.isPresent() ? Conditioning.FIRST_FRAME : Conditioning.PROMPT;
    }

    /** Id of the sample with this number: unique over all items and numbers of a run. */
    public String sampleId(int number) {
        return name + "-" + conditioning().label() + "-" + number;
    }

    /** What the sampler is given. */
    public enum Conditioning {
        /** The prompt alone: text to video. */
        PROMPT("t2v", 0),
        /** The prompt, and a picture as the first latent frame: image to video. */
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
}
