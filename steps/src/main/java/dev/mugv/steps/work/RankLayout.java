package dev.mugv.steps.work;

/**
 * How the processes of one piece of work lie on nodes.
 *
 * @param nodes machines of one allocation
 * @param perNode processes on each
 */
public record RankLayout(int nodes, int perNode) {
    /** One process. */
    public static final RankLayout SINGLE = new RankLayout(1, 1);

    public RankLayout {
        if (nodes < 1 || perNode < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 node and 1 rank on each, found " + nodes + " and " + perNode);
        }
    }

    /** Processes in all. */
    public int ranks() {
        return Math.multiplyExact(nodes, perNode);
    }
}
