package dev.mugv.model.run;

/** One kind of heavy work, run in a worker process. */
@FunctionalInterface
public interface WorkTask {
    /**
     * Does the work and leaves its files in {@link TaskContext#pendingOutput()}; the worker publishes them afterwards.
     *
     * @throws WorkFailure with the kind that decides about a retry
     * @throws StopRequestedException when it stopped early because it was asked to, having saved what it can
     */
    void run(TaskContext context) throws Exception;
}
