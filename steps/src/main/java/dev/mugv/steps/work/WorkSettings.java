package dev.mugv.steps.work;

import dev.mugv.model.run.TrainingConduct;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the work of a run is carried out.
 *
 * @param runName name of the run
 * @param workspace root of shared storage, absolute
 * @param parallel how many elements of one submission may run at once
 * @param limits bounds in time
 * @param placements what each step asks the executor for
 * @param conduct how trainings run and are watched
 */
// Six components: the fixed surroundings of a run, read whole.
public record WorkSettings(
        String runName, Path workspace, int parallel, Limits limits, Placements placements, TrainingConduct conduct) {
    /** Settings of a run without wishes about its trainings. */
    public WorkSettings(String runName, Path workspace, int parallel, Limits limits, Placements placements) {
        this(runName, workspace, parallel, limits, placements, TrainingConduct.DEFAULT);
    }

    public WorkSettings {
        if (!workspace.isAbsolute() || parallel < 1) {
            throw new IllegalArgumentException("expected an absolute workspace and at least 1 parallel element, found '"
                    + workspace + "' and " + parallel);
        }
    }

    /**
     * @param stopGrace how long a worker may take to save and leave after it was asked to stop
     * @param hang how long a worker may live without progress
     * @param nodeExclusion within which a node may fail once, and for which it is excluded after it failed twice
     * @param witness how long an exit record or a manifest may take to show up on this machine after the element ended
     */
    public record Limits(Duration stopGrace, Duration hang, Duration witness, Duration nodeExclusion) {
        public Limits(Duration stopGrace, Duration hang, Duration witness) {
            this(stopGrace, hang, witness, Duration.ofDays(1));
        }

        /** For one machine with local disks. */
        public static Limits local() {
            return new Limits(Duration.ofSeconds(30), Duration.ofHours(2), Duration.ofSeconds(2));
        }

        /** For a cluster: its network file systems show a file late. */
        public static Limits cluster() {
            return cluster(Duration.ofDays(1));
        }

        /** The same with another time for which nodes are excluded. */
        public static Limits cluster(Duration nodeExclusion) {
            return new Limits(Duration.ofSeconds(60), Duration.ofHours(2), Duration.ofSeconds(30), nodeExclusion);
        }
    }
}
