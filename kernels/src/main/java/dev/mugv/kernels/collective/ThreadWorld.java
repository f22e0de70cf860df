package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import dev.mugv.kernels.collective.Operation.AllGather;
import dev.mugv.kernels.collective.Operation.AllReduce;
import dev.mugv.kernels.collective.Operation.Barrier;
import dev.mugv.kernels.collective.Operation.Broadcast;
import dev.mugv.kernels.collective.Operation.Collective;
import dev.mugv.kernels.collective.Operation.PointToPoint;
import dev.mugv.kernels.collective.Operation.ReduceScatter;
import dev.mugv.kernels.collective.Operation.Send;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the threads of one world share: where they meet, and whether it has failed. Guarded by its own lock. */
final class ThreadWorld {
    private final Duration deadline;
    private final Map<Place, Meeting> meetings = new HashMap<>();
    private final Map<Letterbox, Deque<Message>> messages = new HashMap<>();
    private final Map<Split, Group> groups = new HashMap<>();
    private @Nullable CollectiveFailure failure;

    ThreadWorld(Duration deadline) {
        this.deadline = deadline;
    }

    /** Compared by identity: two groups of the same ranks are two groups. */
    static final class Group {
        private final String name;
        private final List<Integer> worldRanks;

        Group(String name, List<Integer> worldRanks) {
            this.name = name;
            this.worldRanks = List.copyOf(worldRanks);
        }

        String name() {
            return name;
        }

        List<Integer> worldRanks() {
            return worldRanks;
        }

        int size() {
            return worldRanks.size();
        }
    }

    /** One operation of a group: who has come, and whether it is done. */
    static final class Meeting {
        private final @Nullable Collective[] operations;
        private int arrived;
        private boolean done;

        Meeting(int size) {
            operations = new @Nullable Collective[size];
        }
    }

    private record Place(Group group, long number) {}

    private record Letterbox(Group group, int from, int to, int tag) {}

    private record Message(boolean isSend, Elements elements, int rank, Meeting meeting) {}

    private record Split(Group group, long number, int color) {}

    Duration deadline() {
        return deadline;
    }

    /** The one group that all ranks of a color make. */
    synchronized Group group(Group parent, long number, int color, Supplier<Group> made) {
        return groups.computeIfAbsent(new Split(parent, number, color), split -> made.get());
    }

    /** Takes part in the group's operation of that number, and does it when all have come. */
    Meeting meet(Group group, long number, int rank, Collective operation) {
        Meeting meeting;
        synchronized (this) {
            requireNoFailure();
            Place place = new Place(group, number);
            meeting = meetings.computeIfAbsent(place, absent -> new Meeting(group.size()));
            meeting.operations[rank] = operation;
            meeting.arrived++;
            if (meeting.arrived < group.size()) {
                return meeting;
            }
            meetings.remove(place);
            requireSame(group, meeting);
        }
        perform(meeting);
        finish(meeting);
        return meeting;
    }

    /** Leaves a message or a place for one, and moves it when both are there. */
    Meeting exchange(Group group, int rank, PointToPoint operation) {
        boolean isSend = operation instanceof Send;
        Letterbox box = isSend
                ? new Letterbox(group, rank, operation.peer(), operation.tag())
                : new Letterbox(group, operation.peer(), rank, operation.tag());
        Message own;
        Message other;
        synchronized (this) {
            requireNoFailure();
            Deque<Message> waiting = messages.computeIfAbsent(box, absent -> new ArrayDeque<>());
            if (waiting.isEmpty() || waiting.getFirst().isSend() == isSend) {
                own = new Message(isSend, operation.elements(), rank, new Meeting(2));
                waiting.addLast(own);
                return own.meeting();
            }
            other = waiting.removeFirst();
            own = new Message(isSend, operation.elements(), rank, other.meeting());
            if (waiting.isEmpty()) {
                messages.remove(box);
            }
        }
        Elements from = isSend ? own.elements() : other.elements();
        Elements to = isSend ? other.elements() : own.elements();
        if (from.type() != to.type() || from.count() != to.count()) {
            throw fail(mismatch(
                    group,
                    "rank %d sends %s, rank %d receives %s"
                            .formatted(world(group, box.from()), from, world(group, box.to()), to)));
        }
        to.copyFrom(from);
        finish(own.meeting());
        return own.meeting();
    }

    synchronized boolean isDone(Meeting meeting) {
        return meeting.done;
    }

    synchronized void await(Group group, Meeting meeting, long begun, int rank, Operation operation) {
        while (!meeting.done) {
            requireNoFailure();
            long left = deadline.toNanos() - (System.nanoTime() - begun);
            if (left <= 0) {
                throw fail(missing(group, meeting, rank, operation));
            }
            try {
                wait(left / 1_000_000, (int) (left % 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw fail(new CollectiveFailure(
                        Reason.ABORTED,
                        List.of(world(group, rank)),
                        "Cannot finish the %s of group '%s': rank %d was interrupted. See why it was ended."
                                .formatted(operation.label(), group.name(), world(group, rank)),
                        e));
            }
        }
    }

    /** Makes this the world's failure unless it has one, and returns the one that it has. */
    synchronized CollectiveFailure fail(CollectiveFailure found) {
        CollectiveFailure first = failure;
        if (first == null) {
            failure = found;
            notifyAll();
            return found;
        }
        return first;
    }

    private synchronized void finish(Meeting meeting) {
        meeting.done = true;
        notifyAll();
    }

    private void requireNoFailure() {
        CollectiveFailure first = failure;
        if (first != null) {
            throw new CollectiveFailure(first.reason(), first.ranks(), String.valueOf(first.getMessage()), first);
        }
    }

    private void requireSame(Group group, Meeting meeting) {
        List<String> signatures =
                Arrays.stream(meeting.operations).map(ThreadWorld::signature).toList();
        for (int rank = 1; rank < signatures.size(); rank++) {
            if (!signatures.get(rank).equals(signatures.get(0))) {
                throw fail(mismatch(
                        group,
                        "rank %d asks for %s, rank %d for %s"
                                .formatted(
                                        world(group, 0), signatures.get(0), world(group, rank), signatures.get(rank))));
            }
        }
    }

    private static String signature(@Nullable Collective operation) {
        if (operation == null) {
            throw new IllegalStateException("a rank came twice");
        }
        return Shapes.signature(operation);
    }

    private static CollectiveFailure mismatch(Group group, String fact) {
        return new CollectiveFailure(
                Reason.MISMATCH,
                List.of(),
                "Cannot carry out an operation of group '%s': %s. Start all ranks with one configuration and one build."
                        .formatted(group.name(), fact),
                null);
    }

    private CollectiveFailure missing(Group group, Meeting meeting, int rank, Operation operation) {
        List<Integer> missing = new ArrayList<>();
        if (operation instanceof PointToPoint message) {
            missing.add(world(group, message.peer()));
        } else {
            for (int member = 0; member < group.size(); member++) {
                if (meeting.operations[member] == null) {
                    missing.add(world(group, member));
                }
            }
        }
        return new CollectiveFailure(
                Reason.MISSING_RANK,
                missing,
                "Cannot finish the %s of group '%s' on rank %d: rank %s did not come within %d ms. See how that rank ended."
                        .formatted(
                                operation.label(),
                                group.name(),
                                world(group, rank),
                                missing.stream()
                                        .map(String::valueOf)
                                        .collect(java.util.stream.Collectors.joining(", ")),
                                deadline.toMillis()),
                null);
    }

    private static int world(Group group, int rank) {
        return group.worldRanks().get(rank);
    }

    /** Does what all ranks have asked for, in their buffers. */
    private static void perform(Meeting meeting) {
        Collective first = meeting.operations[0];
        if (first instanceof AllReduce reduce) {
            List<Elements> parts = new ArrayList<>();
            each(meeting, AllReduce.class, operation -> parts.add(operation.elements()));
            OrderedSum.of(parts, reduce.elements());
            parts.subList(1, parts.size()).forEach(part -> part.copyFrom(reduce.elements()));
        } else if (first instanceof ReduceScatter scatter) {
            reduceScatter(meeting, scatter.own().count());
        } else if (first instanceof AllGather) {
            allGather(meeting);
        } else if (first instanceof Broadcast broadcast) {
            List<Elements> parts = new ArrayList<>();
            each(meeting, Broadcast.class, operation -> parts.add(operation.elements()));
            Elements source = parts.remove(broadcast.root());
            parts.forEach(part -> part.copyFrom(source));
        } else if (!(first instanceof Barrier)) {
            throw new IllegalStateException("no such operation: " + first);
        }
    }

    private static void reduceScatter(Meeting meeting, int count) {
        List<ReduceScatter> parts = new ArrayList<>();
        each(meeting, ReduceScatter.class, parts::add);
        for (int rank = 0; rank < parts.size(); rank++) {
            int start = rank * count;
            OrderedSum.of(
                    parts.stream().map(part -> part.all().slice(start, count)).toList(),
                    parts.get(rank).own());
        }
    }

    private static void allGather(Meeting meeting) {
        List<AllGather> parts = new ArrayList<>();
        each(meeting, AllGather.class, parts::add);
        for (int rank = 0; rank < parts.size(); rank++) {
            Elements own = parts.get(rank).own();
            int start = rank * own.count();
            parts.forEach(part -> part.all().slice(start, own.count()).copyFrom(own));
        }
    }

    private static <T> void each(Meeting meeting, Class<T> type, java.util.function.Consumer<T> action) {
        for (Collective operation : meeting.operations) {
            action.accept(type.cast(operation));
        }
    }
}
