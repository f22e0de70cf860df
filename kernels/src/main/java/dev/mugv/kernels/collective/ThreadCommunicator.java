package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import dev.mugv.kernels.collective.Operation.Collective;
import dev.mugv.kernels.collective.Operation.PointToPoint;
import dev.mugv.kernels.collective.ThreadWorld.Group;
import dev.mugv.kernels.collective.ThreadWorld.Meeting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ranks that are threads of one JVM. The rank that comes last does the operation for all, so that nothing but memory is between
 * them and no thread is needed for what goes on in the background.
 */
public final class ThreadCommunicator implements Communicator {
    private final ThreadWorld world;
    private final Group group;
    private final int rank;
    private long started;

    private ThreadCommunicator(ThreadWorld world, Group group, int rank) {
        this.world = world;
        this.group = group;
        this.rank = rank;
    }

    /** One communicator a rank, each for a thread of its own. */
    public static List<ThreadCommunicator> world(int size, Duration deadline) {
        ThreadWorld world = new ThreadWorld(deadline);
        Group group = new Group("world", IntStream.range(0, size).boxed().toList());
        return IntStream.range(0, size)
                .mapToObj(rank -> new ThreadCommunicator(world, group, rank))
                .toList();
    }

    @Override
    public String name() {
        return group.name();
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return group.size();
    }

    @Override
    public List<Integer> worldRanks() {
        return group.worldRanks();
    }

    @Override
    public Duration deadline() {
        return world.deadline();
    }

    @Override
    public Communicator split(String name, int color, int key) {
        long number = started;
        Elements all = Elements.allocate(NumberType.INT64, 2 * size());
        Elements own = all.slice(2 * rank, 2);
        own.longs().put(0, color).put(1, key);
        allGather(own, all);
        List<Integer> members = new ArrayList<>();
        for (int member = 0; member < size(); member++) {
            if (all.longs().get(2 * member) == color) {
                members.add(member);
            }
        }
        members.sort(Comparator.comparingLong(member -> all.longs().get(2 * member + 1)));
        Group part = world.group(
                group,
                number,
                color,
                () -> new Group(name, members.stream().map(worldRanks()::get).toList()));
        return new ThreadCommunicator(world, part, members.indexOf(rank));
    }

    @Override
    public PendingOperation start(Operation operation) {
        if (operation instanceof Collective collective) {
            Shapes.require(collective, size());
            return pending(operation, world.meet(group, started++, rank, collective));
        } else if (operation instanceof PointToPoint message) {
            Shapes.require(message, size());
            return pending(operation, world.exchange(group, rank, message));
        }
        throw new IllegalStateException("no such operation: " + operation);
    }

    private PendingOperation pending(Operation operation, Meeting meeting) {
        long begun = System.nanoTime();
        return new PendingOperation() {
            @Override
            public void await() {
                world.await(group, meeting, begun, rank, operation);
            }

            @Override
            public boolean isDone() {
                return world.isDone(meeting);
            }
        };
    }

    @Override
    public void abort(String reason) {
        int number = worldRanks().get(rank);
        world.fail(new CollectiveFailure(
                Reason.ABORTED,
                List.of(number),
                "Cannot go on with the other ranks: rank %d gave up (%s). See that rank's log."
                        .formatted(number, reason),
                null));
    }

    @Override
    public void close() {
        // Nothing is held that the garbage collector does not see.
    }
}
