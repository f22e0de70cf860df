package dev.mugv.model.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The lengths of the published model (mugv.md, section 7.1), which it counts in latent frames. */
public enum VideoLength {
    THREE_SECONDS("3s", 10),
    FIVE_SECONDS("5s", 14);

    /**
     * Frames a second at which these lengths have their names: a first picture and eight frames of each further latent are
     * 73 and 105 frames, which last 3.65 s and 5.25 s. It is the rate at which the published pipeline writes its files.
     */
    public static final double FPS = 20;

    private final String label;
    private final int latentFrames;

    VideoLength(String label, int latentFrames) {
        this.label = label;
        this.latentFrames = latentFrames;
    }

    /** For example {@code 5s}. */
    public String label() {
        return label;
    }

    public int latentFrames() {
        return latentFrames;
    }

    /** Frames of a shape of this length. */
    public int frames() {
        return 8 * latentFrames;
    }

    /** The length of this name. */
    public static Optional<VideoLength> named(String label) {
        return Arrays.stream(values())
                .filter(length -> length.label.equals(label))
                .findFirst();
    }

    /** All names, for messages. */
    public static String offer() {
        return Arrays.stream(values()).map(VideoLength::label).collect(Collectors.joining(", "));
    }
}
