package dev.mugv.kernels.collective;

/**
 * What a rank asks of its communicator. All ranks of a group start the same collective operations in the same order; sends and
 * receives are matched by peer and tag and are in no order with collectives.
 */
public sealed interface Operation {
    /** For messages. */
    String label();

    /** Operations that all ranks of a group take part in. */
    sealed interface Collective extends Operation {}

    /** Operations between two ranks. */
    sealed interface PointToPoint extends Operation {
        /** Rank within the group. */
        int peer();

        int tag();

        Elements elements();
    }

    /** Sum over the ranks in the order of ranks, the same bits on every rank, in place. */
    record AllReduce(Elements elements) implements Collective {
        @Override
        public String label() {
            return "all-reduce";
        }
    }

    /**
     * Sum over the ranks in the order of ranks, of which every rank keeps its block.
     *
     * @param all blocks of the ranks in their order, {@code size} times those of {@code own}; left as they are
     * @param own this rank's block of the sum; may be a view of its block in {@code all}
     */
    record ReduceScatter(Elements all, Elements own) implements Collective {
        @Override
        public String label() {
            return "reduce-scatter";
        }
    }

    /**
     * The blocks of all ranks, in their order, on every rank.
     *
     * @param own this rank's block; may be a view of its place in {@code all}
     * @param all {@code size} times the elements of {@code own}
     */
    record AllGather(Elements own, Elements all) implements Collective {
        @Override
        public String label() {
            return "all-gather";
        }
    }

    /** The elements of rank {@code root} on every rank. */
    record Broadcast(Elements elements, int root) implements Collective {
        @Override
        public String label() {
            return "broadcast";
        }
    }

    /** Ends on no rank before all have begun. */
    record Barrier() implements Collective {
        @Override
        public String label() {
            return "barrier";
        }
    }

    /** May wait until the peer receives. Messages of one pair and tag arrive in the order in which they were started. */
    record Send(Elements elements, int peer, int tag) implements PointToPoint {
        @Override
        public String label() {
            return "send of tag " + tag;
        }
    }

    /** Of a message of exactly this type and count. */
    record Receive(Elements elements, int peer, int tag) implements PointToPoint {
        @Override
        public String label() {
            return "receive of tag " + tag;
        }
    }
}
