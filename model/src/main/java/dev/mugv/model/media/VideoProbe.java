package dev.mugv.model.media;

import dev.mugv.model.format.VideoProperties;
import java.nio.file.Path;

/** Reads what a container declares, without decoding. */
public final class VideoProbe {
    private VideoProbe() {}

    /**
     * Properties of the file's best video stream.
     *
     * @throws dev.mugv.model.run.WorkFailure of kind INVALID_REQUEST: no such file, unreadable, empty, no video in it
     */
    public static VideoProperties probe(Path video) {
        try (MediaInput input = MediaInput.open(video)) {
            return input.properties();
        }
    }
}
