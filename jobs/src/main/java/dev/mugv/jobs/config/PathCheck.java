package dev.mugv.jobs.config;

/** Whether the files and folders that a configuration names have to be there. */
public enum PathCheck {
    /** Before work: what is missing is a fault. */
    REQUIRED,
    /** For commands that only look at a run, whose videos may be gone by now. */
    SKIPPED
}
