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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Collectives made of messages between two ranks, which wait no longer than their deadline and add in the order of ranks; what
 * carries the messages is another's.
 */
class MessageCommunicator implements Communicator {
    /** A reduction of so little is one exchange of all with all. */
    private static final int SMALL_BYTES = 8 << 10;

    private static final int TAGS = 1 << 14;

    private final MessageWorld world;
    private final String name;
    private final List<Integer> members;
    private final int rank;
    private final int id;
    private final int[] nextId;
    private int sequence;

    MessageCommunicator(MessageWorld world, String name, List<Integer> members, int id, int[] nextId) {
        this.world = world;
        this.name = name;
        this.members = List.copyOf(members);
        this.rank = members.indexOf(world.rank());
        this.id = id;
        this.nextId = nextId;
    }

    /** All processes that a wire connects. */
    static MessageCommunicator world(Wire wire, Duration deadline) {
        MessageWorld world = new MessageWorld(wire, deadline);
        // Tags of group 0 are the wire's own.
        return new MessageCommunicator(
                world, "world", IntStream.range(0, wire.size()).boxed().toList(), 1, new int[] {2});
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public List<Integer> worldRanks() {
        return members;
    }

    @Override
    public Duration deadline() {
        return world.deadline();
    }

    MessageWorld messages() {
        return world;
    }

    @Override
    public Communicator split(String part, int color, int key) {
        Elements all = Elements.allocate(NumberType.INT64, 3 * size());
        Elements own = all.slice(3 * rank, 3);
        own.longs().put(0, color).put(1, key).put(2, nextId[0]);
        allGather(own, all);
        List<Integer> chosen = new ArrayList<>();
        int free = 0;
        for (int member = 0; member < size(); member++) {
            free = Math.max(free, (int) all.longs().get(3 * member + 2));
            if (all.longs().get(3 * member) == color) {
                chosen.add(member);
            }
        }
        chosen.sort(Comparator.comparingLong(member -> all.longs().get(3 * member + 1)));
        // Two ranks are never in two groups of one number: both took part here, and go on above it.
        nextId[0] = free + 1;
        return new MessageCommunicator(
                world, part, chosen.stream().map(members::get).toList(), free, nextId);
    }

    @Override
    public PendingOperation start(Operation operation) {
        MessageOperation started;
        if (operation instanceof Collective collective) {
            Shapes.require(collective, size());
            int tag = tag(TAGS + sequence++ % TAGS);
            started = collective(collective, tag);
        } else if (operation instanceof PointToPoint message) {
            Shapes.require(message, size());
            started = messages(List.of(message));
        } else {
            throw new IllegalStateException("no such operation: " + operation);
        }
        world.start(started);
        return started;
    }

    private int tag(int number) {
        return Math.addExact(Math.multiplyExact(id, 2 * TAGS), number);
    }

    private MessageOperation collective(Collective operation, int tag) {
        if (operation instanceof AllReduce reduce) {
            Elements elements = reduce.elements();
            return elements.count() * elements.type().bytes() <= SMALL_BYTES
                    ? smallReduce(reduce, tag)
                    : allReduce(reduce, tag);
        } else if (operation instanceof ReduceScatter scatter) {
            return reduceScatter(scatter, tag);
        } else if (operation instanceof AllGather gather) {
            return allGather(gather, tag);
        } else if (operation instanceof Broadcast broadcast) {
            return broadcast(broadcast, tag);
        } else if (operation instanceof Barrier) {
            Elements nothing = Elements.allocate(NumberType.INT64, 0);
            return rounds(operation, number -> number == 0 ? toAll(nothing, tag, peer -> nothing) : List.of());
        }
        throw new IllegalStateException("no such operation: " + operation);
    }

    @Override
    public PendingOperation startAll(List<? extends PointToPoint> operations) {
        operations.forEach(each -> Shapes.require(each, size()));
        MessageOperation started = messages(operations);
        world.start(started);
        return started;
    }

    private MessageOperation messages(List<? extends PointToPoint> operations) {
        Operation first = operations.isEmpty() ? new Barrier() : operations.get(0);
        return rounds(
                first,
                number -> number == 0 ? operations.stream().map(this::message).toList() : List.of());
    }

    private Message message(PointToPoint operation) {
        int peer = members.get(operation.peer());
        int tag = tag(operation.tag());
        return operation instanceof Send
                ? Message.send(operation.elements(), peer, tag)
                : Message.receive(operation.elements(), peer, tag);
    }

    private interface Rounds {
        List<Message> start(int number);
    }

    private MessageOperation rounds(Operation operation, Rounds rounds) {
        return new MessageOperation(world, operation, name) {
            @Override
            List<Message> startRound(int number) {
                return rounds.start(number);
            }
        };
    }

    private interface Room {
        Elements of(int peer);
    }

    /** The same to every other member, and something from each. */
    private List<Message> toAll(Elements own, int tag, Room room) {
        List<Message> transfers = new ArrayList<>();
        for (int peer = 0; peer < size(); peer++) {
            if (peer != rank) {
                transfers.add(Message.receive(room.of(peer), members.get(peer), tag));
            }
        }
        for (int step = 1; step < size(); step++) {
            transfers.add(Message.send(own, members.get((rank + step) % size()), tag));
        }
        return transfers;
    }

    private MessageOperation smallReduce(AllReduce reduce, int tag) {
        Elements elements = reduce.elements();
        List<Elements> parts = rooms(elements, elements);
        return rounds(reduce, number -> {
            if (number == 0) {
                return toAll(elements, tag, parts::get);
            }
            OrderedSum.of(parts, elements);
            return List.of();
        });
    }

    /** One run of elements a member to receive into; this rank's own is given. */
    private List<Elements> rooms(Elements own, Elements like) {
        return IntStream.range(0, size())
                .mapToObj(peer -> peer == rank ? own : Elements.allocate(like.type(), like.count()))
                .toList();
    }

    /** Every rank adds one block of all, then all get the blocks of all: each element travels twice, however many ranks. */
    private MessageOperation allReduce(AllReduce reduce, int tag) {
        Elements elements = reduce.elements();
        Elements own = block(elements, rank);
        List<Elements> parts = rooms(own, own);
        return rounds(reduce, number -> {
            if (number == 0) {
                return scatter(tag, peer -> block(elements, peer), parts);
            } else if (number == 1) {
                OrderedSum.of(parts, own);
                return toAll(own, tag, peer -> block(elements, peer));
            }
            return List.of();
        });
    }

    private Elements block(Elements elements, int number) {
        int start = (int) ((long) elements.count() * number / size());
        int end = (int) ((long) elements.count() * (number + 1) / size());
        return elements.slice(start, end - start);
    }

    private MessageOperation reduceScatter(ReduceScatter scatter, int tag) {
        int count = scatter.own().count();
        List<Elements> parts = rooms(scatter.all().slice(rank * count, count), scatter.own());
        return rounds(scatter, number -> {
            if (number == 0 && size() > 1) {
                return scatter(tag, peer -> scatter.all().slice(peer * count, count), parts);
            }
            OrderedSum.of(parts, scatter.own());
            return List.of();
        });
    }

    /** Every other member's block to it, and its part of the own block from it. */
    private List<Message> scatter(int tag, Room blocks, List<Elements> parts) {
        List<Message> transfers = new ArrayList<>();
        for (int peer = 0; peer < size(); peer++) {
            if (peer != rank) {
                transfers.add(Message.receive(parts.get(peer), members.get(peer), tag));
            }
        }
        for (int step = 1; step < size(); step++) {
            int peer = (rank + step) % size();
            transfers.add(Message.send(blocks.of(peer), members.get(peer), tag));
        }
        return transfers;
    }

    private MessageOperation allGather(AllGather gather, int tag) {
        int count = gather.own().count();
        return rounds(gather, number -> {
            if (number > 0) {
                return List.of();
            }
            gather.all().slice(rank * count, count).copyFrom(gather.own());
            return toAll(gather.own(), tag, peer -> gather.all().slice(peer * count, count));
        });
    }

    /** Along a binary tree whose top is the root. */
    private MessageOperation broadcast(Broadcast broadcast, int tag) {
        Elements elements = broadcast.elements();
        int place = Math.floorMod(rank - broadcast.root(), size());
        return rounds(broadcast, number -> {
            List<Message> transfers = new ArrayList<>();
            boolean toChildren = place == 0 ? number == 0 : number == 1;
            if (place > 0 && number == 0) {
                transfers.add(Message.receive(elements, member((place - 1) / 2, broadcast.root()), tag));
            } else if (toChildren) {
                for (int child = 2 * place + 1; child <= 2 * place + 2 && child < size(); child++) {
                    transfers.add(Message.send(elements, member(child, broadcast.root()), tag));
                }
            }
            return transfers;
        });
    }

    private int member(int place, int root) {
        return members.get((place + root) % size());
    }

    @Override
    public void abort(String reason) {
        world.fail(new CollectiveFailure(
                Reason.ABORTED,
                List.of(world.rank()),
                "Cannot go on with the other ranks: rank %d gave up (%s). See that rank's log."
                        .formatted(world.rank(), reason),
                null));
    }

    @Override
    public void close() {
        if (id == 1) {
            if (!world.hasFailed()) {
                barrier();
            }
            world.close();
        }
    }
}
