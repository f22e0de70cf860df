package dev.mugv.model.config;

import dev.mugv.model.run.DataSize;
import dev.mugv.model.run.TrainingConduct;
import java.util.Optional;

/**
 * How trainings run and are watched. Nothing here decides a result but for its last bits, which the device does, so none of it is part of
 * an artifact key; the environment that each checkpoint states has the device.
 *
 * @param device that trainings of the transformer compute on, unless {@code slurm.steps} say otherwise for a step; all else computes on
 *     the processor
 * @param checkpointMemory most host memory of each rank in which a checkpoint waits for the disk while training goes on; what does
 *     not fit in holds the training up
 * @param peakTflops operations that one rank's device could do in a second at best, in 10^12; utilisation (MFU) is stated against it
 */
public record TrainingConfiguration(
        @Default("cpu") DeviceKind device, @Default("4GiB") DataSize checkpointMemory, Optional<Double> peakTflops) {
    public TrainingConfiguration {
        new Faults()
                .require(
                        checkpointMemory.bytes() >= 2L << 20,
                        "checkpointMemory",
                        "expected at least 2MiB, found " + checkpointMemory.bytes() + "B")
                .require(
                        peakTflops.filter(peak -> !(peak > 0)).isEmpty(),
                        "peakTflops",
                        "expected above 0, found " + peakTflops.orElse(0.0))
                .throwIfAny();
    }

    /** As work orders say it. */
    public TrainingConduct conduct() {
        return new TrainingConduct(checkpointMemory, peakTflops);
    }
}
