package dev.mugv.steps.work;

import java.util.List;

/**
 * What a step would do if it began now; nothing is decided or written.
 *
 * @param step name of the step
 * @param pieces in the order of the plan
 */
public record StepPreview(String step, List<Preview> pieces) {
    public StepPreview {
        pieces = List.copyOf(pieces);
    }

    /** Why a piece would be done, or not. */
    public enum Why {
        /** Its result is there: same task, code, parameters, inputs and threads. */
        UP_TO_DATE,
        /** Another piece of the plan has the same content. */
        SAME_AS_ANOTHER,
        /** An attempt is under way. */
        IN_WORK,
        /** Nothing of this name was ever made. */
        NEVER_DONE,
        /** Something of this name was made of other parameters, inputs or code. */
        CHANGED,
        /** Its last attempt failed, and the next command tries again. */
        FAILED_BEFORE
    }

    /**
     * One piece of work.
     *
     * @param threads of its worker
     * @param memoryMebibytes of its worker
     */
    public record Preview(String label, Why why, int threads, int memoryMebibytes) {}

    /** Pieces that would be submitted. */
    public long due() {
        return pieces.stream()
                .filter(piece -> switch (piece.why()) {
                    case NEVER_DONE, CHANGED, FAILED_BEFORE -> true;
                    case UP_TO_DATE, SAME_AS_ANOTHER, IN_WORK -> false;
                })
                .count();
    }

    /** Pieces for which this is why. */
    public long count(Why why) {
        return pieces.stream().filter(piece -> piece.why() == why).count();
    }
}
