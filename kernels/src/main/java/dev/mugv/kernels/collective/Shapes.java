package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.Operation.AllGather;
import dev.mugv.kernels.collective.Operation.AllReduce;
import dev.mugv.kernels.collective.Operation.Barrier;
import dev.mugv.kernels.collective.Operation.Broadcast;
import dev.mugv.kernels.collective.Operation.Collective;
import dev.mugv.kernels.collective.Operation.PointToPoint;
import dev.mugv.kernels.collective.Operation.ReduceScatter;

/** What an operation's buffers and ranks must be, checked before it starts. */
final class Shapes {
    private Shapes() {}

    static void require(Collective operation, int size) {
        if (operation instanceof ReduceScatter scatter) {
            scatter.own()
                    .requireLike(scatter.all(), Math.multiplyExact(scatter.own().count(), size));
        } else if (operation instanceof AllGather gather) {
            gather.own()
                    .requireLike(gather.all(), Math.multiplyExact(gather.own().count(), size));
        } else if (operation instanceof Broadcast broadcast) {
            requireRank(broadcast.root(), size);
        }
    }

    static void require(PointToPoint message, int size) {
        requireRank(message.peer(), size);
        if (message.tag() < 0 || message.tag() >= 1 << 14) {
            throw new IllegalArgumentException("expected a tag from 0 to 16383, found " + message.tag());
        }
    }

    private static void requireRank(int rank, int size) {
        if (rank < 0 || rank >= size) {
            throw new IllegalArgumentException("expected a rank below %d, found %d".formatted(size, rank));
        }
    }

    /** Equal for operations that can meet. */
    static String signature(Collective operation) {
        String detail = "";
        if (operation instanceof AllReduce reduce) {
            detail = " of " + reduce.elements();
        } else if (operation instanceof ReduceScatter scatter) {
            detail = " of " + scatter.all();
        } else if (operation instanceof AllGather gather) {
            detail = " of " + gather.all();
        } else if (operation instanceof Broadcast broadcast) {
            detail = " of %s from rank %d".formatted(broadcast.elements(), broadcast.root());
        } else if (!(operation instanceof Barrier)) {
            throw new IllegalStateException("no such operation: " + operation);
        }
        return operation.label() + detail;
    }
}
