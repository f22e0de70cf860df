package dev.mugv.model.format;

import java.nio.file.Path;

/**
 * Parameters of {@code LEAVE_WITNESS}, the tiny work that {@code mugv certify} has done.
 *
 * @param name the piece of work
 * @param folder where witness files go, relative to the workspace
 * @param hold file whose presence keeps the first run of each attempt at work, relative to the workspace
 * @param firstMillis how long the first run of each attempt works, at least
 * @param laterMillis how long a further run works, which a requeue makes
 * @param hungryMebibytes what the first attempt takes of memory, to be killed for it; 0 takes nothing
 */
public record WitnessOrder(
        String name, Path folder, Path hold, long firstMillis, long laterMillis, int hungryMebibytes) {
    public WitnessOrder {
        if (folder.isAbsolute() || hold.isAbsolute() || firstMillis < 0 || laterMillis < 0 || hungryMebibytes < 0) {
            throw new IllegalArgumentException(
                    "expected relative paths and nothing below 0, found '%s', '%s', %d, %d and %d"
                            .formatted(folder, hold, firstMillis, laterMillis, hungryMebibytes));
        }
    }
}
