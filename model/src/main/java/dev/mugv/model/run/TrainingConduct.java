package dev.mugv.model.run;

import java.util.Optional;

/**
 * How a training runs and is watched. Nothing here decides a result, so none of it is part of an artifact key.
 *
 * @param checkpointMemory most host memory of each rank in which a checkpoint waits for the disk
 * @param peakTflops operations that one rank's device could do in a second at best, in 10^12
 */
public record TrainingConduct(DataSize checkpointMemory, Optional<Double> peakTflops) {
    /** Where nothing is said. */
    public static final TrainingConduct DEFAULT = new TrainingConduct(DataSize.mebibytes(4096), Optional.empty());
}
