package dev.mugv.model.checkpoint;

import dev.mugv.model.tensor.TensorValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values of one checkpoint on their way from the training to the file: a stream of bytes that the training's thread fills
 * and the writer's thread drains, in one order. As long as the memory suffices the training does not wait for the disk;
 * where it does not, the training waits for the rest.
 */
final class StagedParts {
    private final StagingMemory memory;
    private final ArrayDeque<ByteBuffer> filled = new ArrayDeque<>();
    private @Nullable ByteBuffer draining;
    private boolean broken;

    StagedParts(StagingMemory memory) {
        this.memory = memory;
    }

    /** Copies all values; returns when they may change. To be called by the training's thread, once. */
    void stage(List<CheckpointPart> parts) {
        ByteBuffer chunk = null;
        for (CheckpointPart part : parts) {
            long count = part.slice().count();
            for (long first = 0; first < count; ) {
                if (chunk == null) {
                    Optional<ByteBuffer> empty = awaitEmpty();
                    if (empty.isEmpty()) {
                        return;
                    }
                    chunk = empty.get();
                }
                int values = (int) Math.min(chunk.remaining() / Float.BYTES, count - first);
                ByteBuffer target =
                        chunk.slice(chunk.position(), values * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                part.values().copy(first, target);
                chunk.position(chunk.position() + values * Float.BYTES);
                first += values;
                if (!chunk.hasRemaining()) {
                    hand(chunk);
                    chunk = null;
                }
            }
        }
        if (chunk != null) {
            hand(chunk);
        }
    }

    /** The next values of the stream, for whoever asks for parts in the order in which they were staged. */
    TensorValues values() {
        return (first, target) -> {
            while (target.hasRemaining()) {
                ByteBuffer source = draining == null ? awaitFilled() : draining;
                int bytes = Math.min(source.remaining(), target.remaining());
                target.put(source.slice(source.position(), bytes));
                source.position(source.position() + bytes);
                draining = source.hasRemaining() ? source : null;
                if (draining == null) {
                    giveBack(source);
                }
            }
        };
    }

    /** Lets either thread go on when the other has failed. */
    synchronized void abandon() {
        broken = true;
        filled.forEach(memory::giveBack);
        filled.clear();
        if (draining != null) {
            memory.giveBack(draining);
            draining = null;
        }
        notifyAll();
    }

    private synchronized void hand(ByteBuffer chunk) {
        if (broken) {
            memory.giveBack(chunk);
            return;
        }
        filled.add(chunk.flip());
        notifyAll();
    }

    private synchronized void giveBack(ByteBuffer chunk) {
        memory.giveBack(chunk);
        notifyAll();
    }

    private synchronized Optional<ByteBuffer> awaitEmpty() {
        while (!broken) {
            Optional<ByteBuffer> chunk = memory.take();
            if (chunk.isPresent()) {
                return chunk;
            }
            pause();
        }
        return Optional.empty();
    }

    private synchronized ByteBuffer awaitFilled() {
        while (true) {
            ByteBuffer chunk = filled.poll();
            if (chunk != null) {
                return chunk;
            }
            if (broken) {
                throw new IllegalStateException("the values of a checkpoint could not be copied");
            }
            pause();
        }
    }

    private void pause() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a checkpoint was staged", e);
        }
    }
}
