package dev.mugv.steps.report;

import java.nio.file.Path;
import java.util.Optional;

/** Where a page finds what it shows. */
public interface PageLinks {
    /** The link of a file. */
    String link(Path source);

    /** The link of a clip's own page; empty where clips have none. */
    default Optional<String> clip(String clipId) {
        return Optional.empty();
    }
}
