package dev.mugv.steps.work;

/** Hears how work goes on; called from the step's thread, must not block. */
public interface WorkListener {
    /** Called about once a round. */
    void progressed(WorkProgress progress);

    /** A change of state, one line with its ids; the same that is logged. */
    default void changed(StepScope scope, String line) {}

    /** Hears nothing. */
    static WorkListener silent() {
        return progress -> {};
    }
}
