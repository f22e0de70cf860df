package dev.mugv.kernels.collective;

import java.time.Duration;
import java.util.List;

/**
 * One rank's end of a group of ranks. Sums are made in the order of ranks, whatever the timing, so that every rank sees the same
 * bits on every run and with every implementation. An operation that has not ended when the deadline has passed fails, and with it
 * everything of all groups of that world. One thread at a time uses one rank's communicators.
 */
public interface Communicator extends AutoCloseable {
    /** For messages: {@code world}, or what {@link #split} was told. */
    String name();

    /** This process or thread in the group, from 0. */
    int rank();

    /** How many ranks the group has. */
    int size();

    /** The group's ranks by their numbers in the world. */
    List<Integer> worldRanks();

    /** How long an operation may take. */
    Duration deadline();

    /**
     * The group of all ranks that call this with the same color; a collective operation of this group. Groups are as cheap as
     * their ranks, and end with the world.
     *
     * @param name for messages, for example {@code data}
     * @param color which group
     * @param key order in the group; equal keys are in the order of this group's ranks
     */
    Communicator split(String name, int color, int key);

    /** Starts an operation; it makes progress while the caller computes. */
    PendingOperation start(Operation operation);

    /**
     * Starts messages that are under way together, as one operation: none of them waits for another. Where messages are exchanged in
     * both directions, this is the way that every implementation can go.
     */
    default PendingOperation startAll(List<? extends Operation.PointToPoint> operations) {
        List<PendingOperation> all = operations.stream().map(this::start).toList();
        return new PendingOperation() {
            @Override
            public void await() {
                all.forEach(PendingOperation::await);
            }

            @Override
            public boolean isDone() {
                return all.stream().allMatch(PendingOperation::isDone);
            }
        };
    }

    /**
     * Tells all ranks of the world that this one gives up: their operations fail now and not at the deadline. Harmless after
     * another failure.
     *
     * @param reason shown by the other ranks
     */
    void abort(String reason);

    /** Ends the world in order when this is its group, after all ranks have come here; leaves other groups alone. */
    @Override
    void close();

    /** Sums in place, see {@link Operation.AllReduce}. */
    default void allReduce(Elements elements) {
        start(new Operation.AllReduce(elements)).await();
    }

    /** See {@link Operation.ReduceScatter}. */
    default void reduceScatter(Elements all, Elements own) {
        start(new Operation.ReduceScatter(all, own)).await();
    }

    /** See {@link Operation.AllGather}. */
    default void allGather(Elements own, Elements all) {
        start(new Operation.AllGather(own, all)).await();
    }

    /** See {@link Operation.Broadcast}. */
    default void broadcast(Elements elements, int root) {
        start(new Operation.Broadcast(elements, root)).await();
    }

    /** See {@link Operation.Send}. */
    default void send(Elements elements, int peer, int tag) {
        start(new Operation.Send(elements, peer, tag)).await();
    }

    /** See {@link Operation.Receive}. */
    default void receive(Elements elements, int peer, int tag) {
        start(new Operation.Receive(elements, peer, tag)).await();
    }

    /** See {@link Operation.Barrier}. */
    default void barrier() {
        start(new Operation.Barrier()).await();
    }
}
