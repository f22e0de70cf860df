package dev.mugv.steps.work;

/** Whether a step may complete without some of its pieces. */
public enum Tolerance {
    /** Every piece must succeed. */
    NONE,
    /** Pieces whose input is bad are reported and left out, as long as one piece succeeds. */
    BAD_INPUT,
    /** Trainings whose numbers do not stay finite are reported and left out, as long as one piece succeeds. */
    DIVERGED;

    /** Whether a piece that fails so may be left out. */
    boolean admits(FailureClass failure) {
        return switch (this) {
            case NONE -> false;
            case BAD_INPUT -> failure == FailureClass.BAD_INPUT;
            case DIVERGED -> failure == FailureClass.DIVERGED;
        };
    }
}
