package dev.mugv.steps.work;

/** Says where and how the work of each step runs. */
@FunctionalInterface
public interface Placements {
    Placement of(String stepName);

    /** Everything on this machine. */
    static Placements local() {
        return stepName -> Placement.local();
    }
}
