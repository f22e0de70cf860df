package dev.mugv.steps.work;

/**
 * Whose work it is.
 *
 * @param runName name of the run
 * @param stepName Spring Batch step
 */
public record StepScope(String runName, String stepName) {}
