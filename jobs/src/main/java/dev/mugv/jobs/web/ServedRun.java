package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import java.time.Duration;

/**
 * The run that a server was started for; others of the same database are shown beside it.
 *
 * @param nodeExclusion for how long failures of a machine count
 */
public record ServedRun(RunIdentity identity, Duration nodeExclusion) {}
