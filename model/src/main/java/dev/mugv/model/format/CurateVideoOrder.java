package dev.mugv.model.format;

import dev.mugv.model.config.LengthRange;
import dev.mugv.model.config.PictureModels;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Parameters of {@code curate-video}: find the shots of one video, cut clips, measure them.
 *
 * @param video the file, absolute or relative to the workspace
 * @param videoSha256 its content; another content is refused
 * @param clipLength shortest and longest clip
 * @param aestheticModel TorchScript model of the aesthetic score; a classical measure without it
 * @param models learned models of safety, text, tags and embeddings
 */
public record CurateVideoOrder(
        Path video, String videoSha256, LengthRange clipLength, Optional<Path> aestheticModel, PictureModels models) {
    /** File with the {@link ClipEmbeddings}, where a model of them is named. */
    public static final String EMBEDDINGS_FILE = "embeddings.json";

    /** File with the {@link CuratedVideo} among what the task publishes. */
    public static final String VIDEO_FILE = "video.json";

    /** File with the {@link ClipFingerprints}. */
    public static final String FINGERPRINTS_FILE = "fingerprints.json";
}
