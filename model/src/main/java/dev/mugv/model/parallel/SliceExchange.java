package dev.mugv.model.parallel;

import dev.mugv.kernels.FlatSum;
import dev.mugv.kernels.collective.Communicator;
import dev.mugv.kernels.collective.Elements;
import dev.mugv.kernels.collective.NumberType;
import dev.mugv.kernels.collective.Operation;
import dev.mugv.kernels.collective.PendingOperation;
import dev.mugv.model.parallel.FlatBucket.Slice;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves the slices of flat buckets between the ranks that have something to say of them and the rank that owns them. All messages of a
 * bucket are started together, so that a bucket travels while the next is computed, and slices may be of different lengths.
 */
final class SliceExchange {
    private final Communicator data;
    private final Map<Integer, List<Elements>> spare = new HashMap<>();
    private final Map<Integer, Reduction> reductions = new HashMap<>();

    /** A bucket under way to the owners of its slices. */
    private record Reduction(FlatBucket bucket, List<Elements> received, PendingOperation pending) {}

    SliceExchange(Communicator data) {
        this.data = data;
    }

    /** Sends what this rank has of a bucket to its owners, and makes room for what the others have of its own slice. */
    void startReduction(FlatBucket bucket, FloatBuffer memory) {
        if (data.size() == 1) {
            return;
        }
        Slice own = bucket.slice(data.rank(), data.size());
        List<Elements> received = new ArrayList<>();
        List<Operation.PointToPoint> messages = new ArrayList<>();
        for (int rank = 0; rank < data.size(); rank++) {
            if (rank == data.rank()) {
                received.add(Elements.of(own.of(memory)));
            } else if (own.count() > 0) {
                Elements room = room(own.count());
                received.add(room);
                messages.add(new Operation.Receive(room, rank, bucket.index()));
            }
        }
        for (int step = 1; step < data.size(); step++) {
            int rank = (data.rank() + step) % data.size();
            Slice slice = bucket.slice(rank, data.size());
            if (slice.count() > 0) {
                messages.add(new Operation.Send(Elements.of(slice.of(memory)), rank, bucket.index()));
            }
        }
        reductions.put(bucket.index(), new Reduction(bucket, received, data.startAll(messages)));
    }

    /** Waits for all reductions; this rank's slices then hold the sums over ranks, in the order of {@link SampleTree}. */
    void finishReductions(List<FloatBuffer> memory) {
        for (Reduction reduction : reductions.values()) {
            reduction.pending().await();
            Slice own = reduction.bucket().slice(data.rank(), data.size());
            if (own.count() > 0) {
                FloatBuffer target = own.of(memory.get(reduction.bucket().memory()));
                List<FloatBuffer> parts =
                        reduction.received().stream().map(Elements::floats).toList();
                FloatBuffer sum = SampleTree.top(parts, FlatSum::add);
                if (sum != parts.get(data.rank())) {
                    target.put(0, sum, 0, own.count());
                }
                reduction.received().remove(data.rank());
                reduction
                        .received()
                        .forEach(room -> spare.computeIfAbsent(room.count(), count -> new ArrayList<>())
                                .add(room));
            }
        }
        reductions.clear();
    }

    /** Gives every rank the slices of all others, in place. */
    void gather(List<FlatBucket> buckets, List<FloatBuffer> memory) {
        List<Operation.PointToPoint> messages = new ArrayList<>();
        for (FlatBucket bucket : buckets) {
            FloatBuffer values = memory.get(bucket.memory());
            Slice own = bucket.slice(data.rank(), data.size());
            for (int step = 1; step < data.size(); step++) {
                int to = (data.rank() + step) % data.size();
                int from = (data.rank() + data.size() - step) % data.size();
                Slice theirs = bucket.slice(from, data.size());
                if (theirs.count() > 0) {
                    messages.add(new Operation.Receive(Elements.of(theirs.of(values)), from, bucket.index()));
                }
                if (own.count() > 0) {
                    messages.add(new Operation.Send(Elements.of(own.of(values)), to, bucket.index()));
                }
            }
        }
        data.startAll(messages).await();
    }

    private Elements room(int count) {
        List<Elements> rooms = spare.getOrDefault(count, List.of());
        return rooms.isEmpty() ? Elements.allocate(NumberType.FP32, count) : rooms.remove(rooms.size() - 1);
    }
}
