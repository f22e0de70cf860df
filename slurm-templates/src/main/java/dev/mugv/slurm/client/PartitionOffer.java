package dev.mugv.slurm.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
 * @param maxNodes that one job may have; absent when there is no limit
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
        Optional<Integer> maxNodes,
        String gres,
        String features) {
    private static final Pattern GRES = Pattern.compile("([^:,()]+)(?::([^:,()]+))??(?::(\\d+))?(?:\\([^)]*\\))?");

    /**
     * How many of a generic resource each node has.
     *
     * @param name for example {@code gpu}
     * @param type for example {@code a100}; any when empty
     */
    public int count(String name, Optional<String> type) {
        int count = 0;
        for (String each : gres.split(",(?![^(]*\\))")) {
            Matcher matcher = GRES.matcher(each);
            boolean wanted = matcher.matches()
                    && matcher.group(1).equals(name)
                    && (type.isEmpty() || type.get().equals(matcher.group(2)));
            if (wanted) {
                count += matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
            }
        }
        return count;
    }

    /** Whether each node has a feature of this name. */
    public boolean hasFeature(String name) {
        return Arrays.asList(features.split(",")).contains(name);
    }
}
