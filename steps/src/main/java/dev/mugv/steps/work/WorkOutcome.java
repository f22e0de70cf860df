package dev.mugv.steps.work;

import dev.mugv.model.run.WorkFailure;

/** What one transition of a step's work led to. */
sealed interface WorkOutcome {
    /** There is more to do. */
    record Continues() implements WorkOutcome {}

    /** Everything is decided and recorded. */
    record Completed(int pieces, int upToDate, int failed) implements WorkOutcome {}

    record Failed(WorkFailure failure) implements WorkOutcome {}
}
