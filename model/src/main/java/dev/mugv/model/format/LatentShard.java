package dev.mugv.model.format;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * What a shard of latents holds: {@code shard.json} beside {@code latents.safetensors} and {@code text.safetensors}.
 *
 * @param vaeSha256 hash of the weights that encoded it
 * @param textEncoderSha256 hash of the text encoder that encoded the captions
 * @param state what the stored numbers are
 * @param elementType safetensors name of their type
 * @param latents what is stored, one entry a clip and shape
 * @param texts features of captions, one entry a clip
 * @param omissions shapes that a clip is too short for: no fault, but no latent either
 * @param faults clips that could not be encoded
 */
public record LatentShard(
        String vaeSha256,
        String textEncoderSha256,
        State state,
        String elementType,
        List<Latent> latents,
        List<Text> texts,
        List<Omission> omissions,
        List<Fault> faults) {
    public static final String FILE_NAME = "shard.json";
    public static final String LATENTS_FILE_NAME = "latents.safetensors";
    public static final String TEXT_FILE_NAME = "text.safetensors";
    /** Features of the empty caption stand under this id in every shard. */
    public static final String NULL_CAPTION = "null";

    public static final String FLOAT32 = "F32";

    /** Stands for the hash of an encoder that nobody named when latents were imported. */
    public static final String UNKNOWN_ENCODER = "unknown";

    /** What the stored numbers are. */
    public enum State {
        /** The posterior's mean, (z - shift) / scale channel by channel: what the model is trained on. */
        NORMALISED_MEAN,
        /**
         * A draw from the posterior, normalised likewise: what the published trainer's data holds. Imported; {@link
         * ImportedData} says what each latent was before.
         */
        NORMALISED_SAMPLE
    }

    /**
     * One stored latent.
     *
     * @param clipId clip
     * @param videoSha256 hash of the clip's video
     * @param firstFrame first frame of the clip in its video
     * @param endFrame exclusive
     * @param shape shape it was encoded at; an image is the clip's first frame
     * @param key see {@link LatentShard#latentKey}
     */
    public record Latent(
            String clipId, String videoSha256, int firstFrame, int endFrame, VideoShape shape, String key) {
        /** Name of the tensor [C, F, H, W]. */
        public String tensor() {
            return latentTensor(clipId, shape);
        }
    }

    /**
     * The stored features of one caption.
     *
     * @param clipId clip, or {@link #NULL_CAPTION}
     * @param caption what was encoded
     * @param key see {@link LatentShard#textKey}
     */
    public record Text(String clipId, String caption, String key) {
        /** Name of the tensor [S, D]. */
        public String tensor() {
            return textTensor(clipId);
        }
    }

    /** A shape that the clip is too short for. */
    public record Omission(String clipId, VideoShape shape) {}

    /** Why a clip is not in the shard, in words for people. */
    public record Fault(String clipId, String message) {}

    public LatentShard {
        latents = List.copyOf(latents);
        texts = List.copyOf(texts);
        omissions = List.copyOf(omissions);
        faults = List.copyOf(faults);
    }

    public static String latentTensor(String clipId, VideoShape shape) {
        return "latent." + clipId + "." + shape.label();
    }

    public static String textTensor(String clipId) {
        return "text." + clipId;
    }

    /**
     * Identity of an entry: a hash of the clip's content, both encoders, shape and element type. An entry whose key is not
     * what its reader computes was made by something else and is refused.
     */
    public String latentKey(Latent entry) {
        return hash(List.of(
                entry.videoSha256(),
                entry.firstFrame() + "-" + entry.endFrame(),
                vaeSha256,
                textEncoderSha256,
                entry.shape().label(),
                state.name(),
                elementType));
    }

    /** Identity of a caption's features: a hash of the caption and the text encoder. */
    public static String textKey(String caption, String textEncoderSha256) {
        return hash(List.of(caption, textEncoderSha256));
    }

    private static String hash(List<String> recipe) {
        return Sha256.of(Json.bytes(new ArrayList<>(recipe)));
    }
}
