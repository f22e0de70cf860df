package dev.mugv.slurm.client;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A line of squeue: one array element, or what is left of an array that was cancelled whole. Many components because it is
 * one line, read whole.
 *
 * @param name job name
 * @param arrayJob id of the array
 * @param index Slurm's array index; absent for a whole array
 * @param job id of the element's own Slurm job, which changes when it starts
 * @param state absent for a word that this build does not know
 * @param stateWord the word itself
 * @param restarts how often Slurm has started it again
 * @param submitted when it was submitted, or requeued
 * @param started absent before its start
 * @param ended of a running one it is where its time limit would end it
 * @param host of its batch script; empty before its start
 * @param reason why it waits, or why it ended
 */
public record QueueRow(
        String name,
        String arrayJob,
        OptionalInt index,
        String job,
        Optional<JobState> state,
        String stateWord,
        int restarts,
        Instant submitted,
        Optional<Instant> started,
        Optional<Instant> ended,
        String host,
        ExitStatus exit,
        String reason) {
    /** Whether Slurm holds it after a launch that failed; it would wait until somebody releases it. */
    public boolean isHeldAfterFailedLaunch() {
        return reason.replace('_', ' ').toLowerCase(Locale.ROOT).contains("launch failed requeued held");
    }

    /** How a person may ask Slurm for it. */
    public String id() {
        return index.isPresent() ? arrayJob + "_" + index.getAsInt() : arrayJob;
    }
}
