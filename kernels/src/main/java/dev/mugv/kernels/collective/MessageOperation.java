package dev.mugv.kernels.collective;

import java.util.List;
import java.util.TreeSet;

/**
 * An operation as rounds of messages: when all of a round have come, what they brought is worked in, and the next round begins. Used
 * under the world's lock.
 */
abstract class MessageOperation implements PendingOperation {
    private final MessageWorld world;
    private final Operation operation;
    private final String group;
    private final long begun = System.nanoTime();
    private List<Message> round = List.of();
    private int rounds;
    private boolean ended;

    MessageOperation(MessageWorld world, Operation operation, String group) {
        this.world = world;
        this.operation = operation;
        this.group = group;
    }

    /** The messages of a round, the first one is 0; none when the operation has ended. */
    abstract List<Message> startRound(int number);

    void begin() {
        next(0);
    }

    private void next(int number) {
        round = startRound(number);
        ended = round.isEmpty();
        world.launch(round);
    }

    boolean poll() {
        while (!ended && world.test(round, this)) {
            rounds++;
            next(rounds);
        }
        return ended;
    }

    boolean isEnded() {
        return ended;
    }

    long begun() {
        return begun;
    }

    String label() {
        return operation.label();
    }

    String group() {
        return group;
    }

    /** Ranks of the world from which something is missing; those that do not take anything where nothing is missing. */
    List<Integer> missing() {
        TreeSet<Integer> from = new TreeSet<>();
        TreeSet<Integer> to = new TreeSet<>();
        for (Message transfer : round) {
            if (!transfer.isDone()) {
                (transfer.isReceive() ? from : to).add(transfer.peer());
            }
        }
        return List.copyOf(from.isEmpty() ? to : from);
    }

    @Override
    public void await() {
        world.await(this);
    }

    @Override
    public boolean isDone() {
        return world.isDone(this);
    }
}
