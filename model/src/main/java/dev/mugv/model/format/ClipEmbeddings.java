package dev.mugv.model.format;

import java.util.Base64;
import java.util.List;

/**
 * Embeddings of one video's clips: {@code embeddings.json} of {@code curate-video}, where a model of them is configured.
 *
 * @param videoSha256 content of the video
 * @param clips one entry a clip
 */
public record ClipEmbeddings(String videoSha256, List<Entry> clips) {
    public ClipEmbeddings {
        clips = List.copyOf(clips);
    }

    /**
     * @param clipId the clip
     * @param values its direction: a signed byte a number, the largest 127, as base64
     */
    public record Entry(String clipId, String values) {
        /** Of an embedding of any length. */
        public static Entry of(String clipId, float[] embedding) {
            float most = 1e-30f;
            for (float value : embedding) {
                most = Math.max(most, Math.abs(value));
            }
            byte[] bytes = new byte[embedding.length];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) Math.round(127 * embedding[at] / most);
            }
            return new Entry(clipId, Base64.getEncoder().encodeToString(bytes));
        }

        /** The numbers, of which only the direction counts. */
        public float[] embedding() {
            byte[] bytes = Base64.getDecoder().decode(values);
            float[] embedding = new float[bytes.length];
            for (int at = 0; at < bytes.length; at++) {
                embedding[at] = bytes[at];
            }
            return embedding;
        }
    }
}
