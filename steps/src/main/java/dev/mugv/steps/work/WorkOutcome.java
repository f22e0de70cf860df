package dev.mugv.steps.work;

import dev.mugv.model.run.WorkFailure;

/** What one transition of a step's work led to. */
sealed interface WorkOutcome {
    /** There is more to do. */
    sealed interface Continues extends WorkOutcome {}

    /** A transition was made, and the next may be due. */
    record Moved() implements Continues {}

    /** There was none to make, and a moment has passed. */
    record Waited() implements Continues {}

    /** Everything is decided and recorded. */
    record Completed(int pieces, int upToDate, int failed) implements WorkOutcome {}

    record Failed(WorkFailure failure) implements WorkOutcome {}
}
