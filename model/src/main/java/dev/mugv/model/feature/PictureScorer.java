package dev.mugv.model.feature;

import dev.mugv.model.media.RgbFrame;

/** One number of a picture: the port behind which MUSIQ may stand. */
public interface PictureScorer extends AutoCloseable {
    /** The number, in whatever scale the network has. */
    double score(RgbFrame picture);

    /** What stands beside results: for a file, with the start of its hash. */
    String name();

    @Override
    default void close() {}
}
