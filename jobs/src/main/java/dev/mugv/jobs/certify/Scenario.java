package dev.mugv.jobs.certify;

/**
 * A fault and how it is tried.
 *
 * @param name for people and for the trial's folder: lower case, hyphens
 * @param work what the trial's run does
 * @param course starts the trial's controllers and makes the fault happen; returns when the run has completed
 * @param company whether other trials may be under way meanwhile
 */
record Scenario(String name, TrialOrder.Work work, Course course, Company company) {
    /** What happens in a trial. */
    @FunctionalInterface
    interface Course {
        void run(Trial trial);
    }

    /** Whom a fault may reach. */
    enum Company {
        /** Only its own run. */
        OTHERS,
        /** The whole cluster. */
        ALONE
    }
}
