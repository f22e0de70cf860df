package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How filters and detectors are measured before they decide: on videos that are made of clean clips, with defects, changes of shot and
 * copies whose truth is known.
 *
 * @param clips clean clips to plant into, at most; 0 leaves the measurement out
 * @param width pixels of the planted videos, at least those that scores are measured at; their height is nine sixteenths of it
 * @param seed decides which clips, and every random edit
 * @param folder videos to take clean clips from, instead of the run's own
 * @param floors what every filter must reach
 */
public record PlantedChecks(
        @Default("4") int clips,
        @Default("320") int width,
        @Default("1") long seed,
        @MustExist(MustExist.Kind.FOLDER) Optional<Path> folder,
        FilterFloors floors) {
    public PlantedChecks {
        new Faults()
                .require(clips >= 0 && clips <= 1000, "clips", "expected 0 to 1000, found " + clips)
                .require(
                        width >= 320 && width <= 1920 && width % 16 == 0,
                        "width",
                        "expected a multiple of 16 from 320 to 1920, found " + width)
                .throwIfAny();
    }

    /** Rows of the planted videos, a multiple of 16. */
    public int height() {
        return Math.max(1, (int) Math.round(width * 9 / 16.0 / 16)) * 16;
    }
}
