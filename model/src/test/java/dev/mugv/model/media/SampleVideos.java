package dev.mugv.model.media;

import java.nio.file.Files;
import java.nio.file.Path;

/** The demonstration's videos, as test input. */
public final class SampleVideos {
    private SampleVideos() {}

    /** One of the files of {@code ops/demo/videos}. */
    public static Path named(String name) {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("ops/demo/videos"))) {
            folder = folder.getParent();
        }
        return folder.resolve("ops/demo/videos").resolve(name);
    }
}
