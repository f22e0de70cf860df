package dev.mugv.model.format;

import java.nio.file.Path;

/**
 * A file that somebody gave, under its name by content.
 *
 * @param path relative to the workspace, {@code given/<sha256>}
 * @param sha256 hash of its content
 */
public record GivenFile(Path path, String sha256) {
    public GivenFile {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("expected 64 hexadecimal digits, found '" + sha256 + "'");
        }
    }
}
