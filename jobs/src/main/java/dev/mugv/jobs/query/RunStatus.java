package dev.mugv.jobs.query;

import java.util.List;
import java.util.Optional;

/**
 * Where a run stands; what {@code mugv status --json} prints.
 *
 * @param state RUNNING, INTERRUPTED (its controller was killed), NOT_STARTED, WAITING (for people who label), or how its last job
 *     ended
 * @param seconds that the last execution of the last job took, or takes so far
 * @param jobs last execution of each job
 * @param waiting what people have to label before it goes on, as far as that is by now; empty in any other state
 * @param running pieces of work under way
 * @param alarms what must not be missed about the last evaluation, each a sentence
 * @param failures last failed attempts, newest first; one that was tried again successfully stays listed
 */
public record RunStatus(
        String run,
        String workspace,
        String state,
        long seconds,
        List<JobStatus> jobs,
        List<Awaited> waiting,
        List<RunningWork> running,
        List<String> alarms,
        List<Failure> failures) {
    /** The last execution of a job. */
    public record JobStatus(
            String job, long round, String status, String startedAt, long seconds, List<StepStatus> steps) {}

    /**
     * @param succeeded attempts in this round
     * @param failed attempts in this round
     * @param open attempts without a verdict
     * @param message of a step that failed
     */
    public record StepStatus(
            String step, String status, long seconds, int succeeded, int failed, int open, String message) {}

    /**
     * @param done units finished
     * @param total units in all, 0 while unknown
     * @param training what a training says of itself
     */
    public record RunningWork(
            String step, String label, long done, long total, String unit, Optional<TrainingFigures> training) {}

    /**
     * Labels that a step waits for.
     *
     * @param labels name of the batch
     * @param kind which questions are asked
     * @param items to be labelled
     * @param complete items with all their labels
     * @param given labels so far
     * @param wanted labels in all
     */
    public record Awaited(String step, String labels, String kind, int items, int complete, int given, int wanted) {
        /** In one line. */
        public String words() {
            return "%s waits for '%s' (%s): %d of %d items complete, %d of %d labels given"
                    .formatted(step, labels, kind, complete, items, given, wanted);
        }

        /** Whether everything is labelled. */
        public boolean isComplete() {
            return complete >= items;
        }
    }

    /** A failed attempt. */
    public record Failure(String step, String label, int attempt, String failureClass, String message) {}
}
