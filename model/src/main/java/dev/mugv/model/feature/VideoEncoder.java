package dev.mugv.model.feature;

import dev.mugv.model.media.RgbFrame;
import java.util.List;

/** Features of a video: the port behind which I3D or V-JEPA may stand. */
public interface VideoEncoder extends AutoCloseable {
    /** Features of the frames of one video, always as many. */
    float[] encode(List<RgbFrame> frames);

    /** What stands beside results: for a file, with the start of its hash. */
    String name();

    @Override
    default void close() {}
}
