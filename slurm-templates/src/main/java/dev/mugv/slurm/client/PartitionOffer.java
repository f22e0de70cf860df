package dev.mugv.slurm.client;

import java.time.Duration;
import java.util.Optional;

/**
 * One group of equal nodes of a Slurm partition (a line of sinfo).
 *
 * @param partition name
 * @param isDefault whether a job without a Slurm partition goes there
 * @param isUp whether it takes work
 * @param timeLimit absent when there is none
 * @param nodes in the group
 * @param cpus of each node
 * @param memoryMebibytes of each node
 * @param gres generic resources of each node, for example {@code gpu:a100:8}; empty when there are none
 * @param features of each node, separated by commas
 */
public record PartitionOffer(
        String partition,
        boolean isDefault,
        boolean isUp,
        Optional<Duration> timeLimit,
        int nodes,
        int cpus,
        long memoryMebibytes,
        String gres,
        String features) {}
