package dev.mugv.slurm.cluster;

import java.time.Duration;

/**
 * How long the executor waits for what; every one has its reason in how Slurm behaves.
 *
 * @param idle between two polls while nothing changes: 6 polls a minute
 * @param busy between two polls when much changes; with a burst there are 12 in any minute
 * @param eager between two polls after an act of ours, as long as the burst lasts
 * @param burst how many eager polls there may be in a row while few elements live
 * @param settle how long an end that Slurm may still revise must stand
 * @param trace how long an element must be gone without a trace before it counts as cancelled; longer than accounting lags
 * @param loss how long neither tool may account for an element before it is lost
 * @param search how long searches for a token must go on finding nothing: after a frozen controller wakes, its first
 *     answers do not hold yet what it had been sent
 * @param quarantine how long after a submission no search may prove its absence
 */
public record SlurmTimings(
        Duration idle,
        Duration busy,
        Duration eager,
        int burst,
        Duration settle,
        Duration trace,
        Duration loss,
        Duration search,
        Duration quarantine) {
    /** Fewer are somebody's test or a training; more are an array. */
    private static final int FEW = 16;

    /** Eager polls where many elements live. */
    private static final int SHORT_BURST = 2;

    /** How many eager polls there may be in a row while so many elements live. */
    int burst(int live) {
        return live <= FEW ? burst : Math.min(SHORT_BURST, burst);
    }

    /** For any cluster; {@code command} is how long one sbatch may take. */
    public static SlurmTimings standard(Duration command) {
        return new SlurmTimings(
                Duration.ofSeconds(10),
                Duration.ofSeconds(6),
                Duration.ofSeconds(1),
                6,
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Duration.ofSeconds(120),
                Duration.ofSeconds(30),
                command.plusSeconds(40));
    }
}
