package dev.mugv.slurm.client;

import java.time.Duration;

/**
 * What a cluster's configuration says about asking it (scontrol show config).
 *
 * @param name the cluster's, with the host of its controller, which together tell it from others
 * @param version for example {@code 22.05.8}
 * @param maxArraySize one more than the highest array index
 * @param messageTimeout how long the tools wait for an answer
 * @param minJobAge how long the queue remembers a job that is over
 * @param accounting whether there is an accounting database
 */
public record ClusterLimits(
        String name,
        String version,
        int maxArraySize,
        Duration messageTimeout,
        Duration minJobAge,
        boolean accounting) {}
