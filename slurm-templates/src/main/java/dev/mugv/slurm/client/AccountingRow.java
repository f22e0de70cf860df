package dev.mugv.slurm.client;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A line of sacct: one run of one array element, or of an array that never started. Many components because it is one
 * line, read whole.
 *
 * @param name job name
 * @param arrayJob id of the array
 * @param index Slurm's array index; absent for a whole array
 * @param job raw id of the element's own Slurm job
 * @param state absent for a word that this build does not know
 * @param stateWord with the suffix that says who cancelled
 * @param derivedExit the highest of its steps
 */
public record AccountingRow(
        String name,
        String arrayJob,
        OptionalInt index,
        String job,
        Optional<JobState> state,
        String stateWord,
        ExitStatus exit,
        ExitStatus derivedExit,
        Instant submitted,
        Optional<Instant> started,
        Optional<Instant> ended,
        String nodes) {
    public String id() {
        return index.isPresent() ? arrayJob + "_" + index.getAsInt() : arrayJob;
    }
}
