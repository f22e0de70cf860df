package dev.mugv.model.curation;

import dev.mugv.model.media.RgbFrame;

/** How pleasing a picture is; the port behind which a learned predictor may stand. */
public interface AestheticScorer extends AutoCloseable {
    /** Score of one picture, 0 to 10. */
    double score(RgbFrame picture);

    /** What stands beside the score in records, for example {@code classical-1}. */
    String name();

    @Override
    default void close() {}
}
