package dev.mugv.model.feature;

import dev.mugv.model.media.RgbFrame;

/** Features of a picture: the port behind which DINO, CLIP or DreamSim may stand. */
public interface PictureEncoder extends AutoCloseable {
    /** Features of one picture, always as many. */
    float[] encode(RgbFrame picture);

    /** What stands beside results: for a file, with the start of its hash. */
    String name();

    @Override
    default void close() {}
}
