package dev.mugv.jobs.web;

import dev.mugv.steps.report.ReportChapters;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The project's own files for browsers. */
final class Assets {
    private Assets() {}

    static byte[] bytes(String name) {
        if (name.equals("report.css")) {
            return ReportChapters.styleSheet().getBytes(StandardCharsets.UTF_8);
        }
        try (InputStream in = Assets.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name + " is missing from the jar").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
