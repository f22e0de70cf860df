package dev.mugv.steps.work;

import java.util.List;

/**
 * Where a step stands, for progress bars.
 *
 * @param total pieces in the plan
 * @param upToDate pieces that were published before this execution
 * @param done pieces that are published, with those
 * @param failed pieces that have failed for good
 * @param retried attempts beyond the first of a piece, in this execution
 * @param running what runs now
 */
public record WorkProgress(
        StepScope scope, int total, int upToDate, int done, int failed, int retried, List<RunningPiece> running) {
    public WorkProgress {
        running = List.copyOf(running);
    }

    /**
     * One running piece by its last heartbeat.
     *
     * @param done units finished
     * @param total units in all, 0 while unknown
     * @param unit singular noun; empty while unknown
     * @param unitsPerSecond since this controller first saw it; 0 while unknown
     */
    public record RunningPiece(String label, long done, long total, String unit, double unitsPerSecond) {}
}
