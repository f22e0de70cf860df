package dev.mugv.model.format;

import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;
import java.util.List;

/**
 * Parameters of {@code ENCODE_LATENTS}; the order's one input is the VideoVAE.
 *
 * @param clips clips of this shard with their captions
 * @param shapes every shape that training asks for, images included; a clip too short for one is an omission
 * @param text the text encoder
 * @param textFolderSha256 hash of the text encoder's folder, so that other weights are another piece of work; empty for the
 *     tiny seeded encoder
 */
public record EncodeLatentsOrder(
        List<CaptionedClip> clips, List<VideoShape> shapes, TextConfiguration text, String textFolderSha256) {
    public EncodeLatentsOrder {
        clips = List.copyOf(clips);
        shapes = List.copyOf(shapes);
        if (clips.isEmpty() || shapes.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected clips and shapes, found %d and %d".formatted(clips.size(), shapes.size()));
        }
        long ids = clips.stream().map(clip -> clip.clip().clipId()).distinct().count();
        if (ids != clips.size() || shapes.stream().distinct().count() != shapes.size()) {
            throw new IllegalArgumentException("expected every clip and every shape once");
        }
    }
}
