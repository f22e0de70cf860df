package dev.mugv.steps.lineage;

import java.util.List;
import java.util.Map;

/**
 * What a walk from a node found.
 *
 * @param start where it began
 * @param nodes what was reached, nearest first, the start not among them: all, or the first page
 * @param edges every edge between nodes of the page, the start included
 * @param total how many nodes can be reached
 * @param byKind how many of them there are of each kind; of the page alone where that is not all
 */
public record LineageWalk(
        LineageNode start, List<Step> nodes, List<LineageEdge> edges, long total, Map<NodeKind, Long> byKind) {
    public LineageWalk {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
        byKind = Map.copyOf(byKind);
    }

    /**
     * @param depth edges of the shortest way from the start
     */
    public record Step(LineageNode node, int depth) {}

    /** Whether the page is everything. */
    public boolean isWhole() {
        return nodes.size() == total;
    }
}
