package dev.mugv.slurm.executor;

/**
 * The identity of an attempt towards the executor.
 *
 * @param token the submission's
 * @param index logical array index
 */
public record ElementId(String token, int index) {}
