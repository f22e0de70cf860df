package dev.mugv.steps.work;

/**
 * How the ranks of one piece of work lie on nodes.
 *
 * @param nodes machines of one allocation
 * @param perNode processes on each
 * @param perProcess ranks that are threads of each process
 */
public record RankLayout(int nodes, int perNode, int perProcess) {
    /** One process. */
    public static final RankLayout SINGLE = new RankLayout(1, 1);

    public RankLayout {
        if (nodes < 1 || perNode < 1 || perProcess < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 node, 1 process on each and 1 rank in it, found %d, %d and %d"
                            .formatted(nodes, perNode, perProcess));
        }
    }

    /** Processes that are ranks. */
    public RankLayout(int nodes, int perNode) {
        this(nodes, perNode, 1);
    }

    /** Processes in all. */
    public int processes() {
        return Math.multiplyExact(nodes, perNode);
    }

    /** Ranks in all. */
    public int ranks() {
        return Math.multiplyExact(processes(), perProcess);
    }
}
