package dev.mugv.model.format;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * What one rank of a check found out about itself. More than five components because it is one fact sheet, read whole.
 *
 * @param rank from 0
 * @param size how many there are
 * @param localRank among the ranks of the same node
 * @param nodes the allocation's nodes, as the batch script told them
 * @param host name of the machine by its own word
 * @param pid of the worker
 * @param at when this was written, by the node's clock
 * @param processors that the JVM may use
 * @param heapMebibytes most that the JVM may take
 * @param javaVersion of the worker
 * @param libraries versions of the libraries that do the work, by name
 * @param binding the executor's variables about places and devices, for example {@code CUDA_VISIBLE_DEVICES}
 */
public record RankFacts(
        int rank,
        int size,
        int localRank,
        List<String> nodes,
        String host,
        long pid,
        Instant at,
        int processors,
        long heapMebibytes,
        String javaVersion,
        SortedMap<String, String> libraries,
        SortedMap<String, String> binding) {
    public RankFacts {
        nodes = List.copyOf(nodes);
        libraries = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(libraries));
        binding = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(binding));
    }
}
