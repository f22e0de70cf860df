package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * This process's end of a world of processes: operations under way, the thread that lets them make progress, and whether the world has
 * failed. The wire is used under this object's lock.
 */
final class MessageWorld {
    private static final long PROGRESS_NANOS = 50_000;
    private static final int SPINS = 200;

    private final Wire wire;
    private final Duration deadline;
    private final int rank;
    private final List<MessageOperation> active = new ArrayList<>();
    private final Thread progress;
    private @Nullable CollectiveFailure failure;
    private boolean closed;

    MessageWorld(Wire wire, Duration deadline) {
        this.wire = wire;
        this.deadline = deadline;
        this.rank = wire.rank();
        progress = new Thread(this::makeProgress, "messages");
        progress.setDaemon(true);
        progress.start();
    }

    int rank() {
        return rank;
    }

    int size() {
        return wire.size();
    }

    Duration deadline() {
        return deadline;
    }

    synchronized void start(MessageOperation operation) {
        requireNoFailure();
        operation.begin();
        if (!operation.poll()) {
            active.add(operation);
            notifyAll();
        }
    }

    /** To be called by operations only, which hold the lock. */
    void launch(List<Message> round) {
        wire.launch(round);
    }

    /** Whether all have arrived; asks the wire for those that have not. */
    boolean test(List<Message> round, MessageOperation operation) {
        boolean all = true;
        for (Message message : round) {
            if (!message.isDone()) {
                Optional<String> wrong = wire.look(message);
                if (wrong.isPresent()) {
                    throw mismatch(operation, message, wrong.get());
                }
                all &= message.isDone();
            }
        }
        return all;
    }

    private CollectiveFailure mismatch(MessageOperation operation, Message message, String found) {
        return fail(new CollectiveFailure(
                Reason.MISMATCH,
                List.of(),
                "Cannot carry out the %s of group '%s': rank %d expects %d bytes from rank %d and gets %s. Start all ranks with one configuration and one build."
                        .formatted(operation.label(), operation.group(), rank, message.bytes(), message.peer(), found),
                null));
    }

    synchronized boolean isDone(MessageOperation operation) {
        return operation.isEnded() || (failure == null && operation.poll());
    }

    void await(MessageOperation operation) {
        for (int turn = 0; !poll(operation); turn++) {
            if (turn < SPINS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(PROGRESS_NANOS);
            }
        }
    }

    private synchronized boolean poll(MessageOperation operation) {
        if (operation.isEnded()) {
            return true;
        }
        listen();
        requireNoFailure();
        if (operation.poll()) {
            active.remove(operation);
            return true;
        }
        if (System.nanoTime() - operation.begun() > deadline.toNanos()) {
            throw fail(missing(operation));
        }
        return false;
    }

    private CollectiveFailure missing(MessageOperation operation) {
        List<Integer> missing = operation.missing();
        return new CollectiveFailure(
                Reason.MISSING_RANK,
                missing,
                "Cannot finish the %s of group '%s' on rank %d: rank %s did not come within %d ms. See how that rank ended."
                        .formatted(
                                operation.label(),
                                operation.group(),
                                rank,
                                missing.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                                deadline.toMillis()),
                null);
    }

    /** Makes this the world's failure unless it has one, tells the others, and returns the one that it has. */
    synchronized CollectiveFailure fail(CollectiveFailure found) {
        CollectiveFailure first = failure;
        if (first != null) {
            return first;
        }
        failure = found;
        wire.tell(found);
        wire.abandon();
        return found;
    }

    synchronized boolean hasFailed() {
        return failure != null;
    }

    private void requireNoFailure() {
        CollectiveFailure first = failure;
        if (first != null) {
            throw new CollectiveFailure(first.reason(), first.ranks(), String.valueOf(first.getMessage()), first);
        }
    }

    /** Hears of other ranks' failures. */
    private void listen() {
        if (failure == null) {
            wire.hear().ifPresent(heard -> {
                failure = heard;
                wire.abandon();
            });
        }
    }

    private void makeProgress() {
        while (awaitWork()) {
            LockSupport.parkNanos(PROGRESS_NANOS);
        }
    }

    /** Polls what is under way once; returns false when the world has ended. */
    private synchronized boolean awaitWork() {
        try {
            while (!closed && (active.isEmpty() || failure != null)) {
                wait();
            }
            if (closed) {
                return false;
            }
            active.removeIf(MessageOperation::poll);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (CollectiveFailure e) {
            fail(e);
        }
        return true;
    }

    /** Ends the wire, unless the world has failed: that would wait for messages that never come. */
    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
            if (failure == null) {
                wire.close();
            }
        }
    }
}
