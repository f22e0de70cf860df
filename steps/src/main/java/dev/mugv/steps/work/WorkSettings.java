package dev.mugv.steps.work;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How the work of a run is carried out.
 *
 * @param runName name of the run
 * @param workspace root of shared storage, absolute
 * @param parallel how many elements of one submission may run at once
 * @param limits bounds in time
 * @param options further directives for every submission, in the executor's own words
 */
public record WorkSettings(String runName, Path workspace, int parallel, Limits limits, List<String> options) {
    public WorkSettings {
        options = List.copyOf(options);
        if (!workspace.isAbsolute() || parallel < 1) {
            throw new IllegalArgumentException("expected an absolute workspace and at least 1 parallel element, found '"
                    + workspace + "' and " + parallel);
        }
    }

    /**
     * @param time that an element may take by the executor's clock
     * @param stopGrace how long a worker may take to save and leave after it was asked to stop
     * @param hang how long a worker may live without progress
     * @param witness how long an exit record or a manifest may take to show up on this machine after the element ended
     */
    public record Limits(Duration time, Duration stopGrace, Duration hang, Duration witness) {
        /** For one machine with local disks. */
        public static Limits local() {
            return new Limits(Duration.ofDays(7), Duration.ofSeconds(30), Duration.ofHours(2), Duration.ofSeconds(2));
        }
    }
}
