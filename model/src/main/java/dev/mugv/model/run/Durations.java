package dev.mugv.model.run;

import java.time.Duration;

/** Durations as people read them. */
public final class Durations {
    private Durations() {}

    /** For example {@code 0:07}, {@code 12:40} or {@code 3:02:09}. */
    public static String clock(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        return seconds >= 3600
                ? "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60)
                : "%d:%02d".formatted(seconds / 60, seconds % 60);
    }
}
