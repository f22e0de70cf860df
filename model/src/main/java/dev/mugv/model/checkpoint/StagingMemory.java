package dev.mugv.model.checkpoint;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.mugv.model.run.DataSize;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The host memory in which a checkpoint waits to be written, in chunks that are made as they are needed and then used again:
 * never more than the limit, nor more than half of what the JVM may still take for direct buffers, so that saving cannot be
 * what memory ends at.
 */
final class StagingMemory {
    static final int CHUNK_BYTES = 1 << 20;
    /** One is filled while the other is drained. */
    private static final int LEAST_CHUNKS = 2;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private final long mostChunks;
    private int made;
    private @Nullable ByteBuffer passage;

    StagingMemory(DataSize limit) {
        mostChunks = Math.max(LEAST_CHUNKS, limit.bytes() / CHUNK_BYTES);
    }

    /** An empty chunk, or nothing where all there may be are in use. */
    synchronized Optional<ByteBuffer> take() {
        if (free.isEmpty() && made < mostChunks && (made < LEAST_CHUNKS || spareBytes() > 2L * CHUNK_BYTES)) {
            free.add(ByteBuffer.allocateDirect(CHUNK_BYTES));
            made++;
        }
        return Optional.ofNullable(free.poll()).map(ByteBuffer::clear);
    }

    /** Makes chunks for so many bytes in advance, as far as there is room: their first touch is what takes the time. */
    void reserve(long bytes) {
        boolean more = true;
        while (more) {
            more = makeOne(bytes);
        }
    }

    private synchronized boolean makeOne(long bytes) {
        boolean due = made < mostChunks && (long) made * CHUNK_BYTES < bytes;
        if (due && spareBytes() > 2L * CHUNK_BYTES) {
            free.add(ByteBuffer.allocateDirect(CHUNK_BYTES));
            made++;
            return true;
        }
        return false;
    }

    synchronized void giveBack(ByteBuffer chunk) {
        free.add(chunk);
    }

    /** One more chunk, which the writer's thread uses for whatever passes through it. */
    synchronized ByteBuffer passage() {
        if (passage == null) {
            passage = ByteBuffer.allocateDirect(CHUNK_BYTES);
        }
        return passage.clear();
    }

    /** What has been taken from the machine so far for values that wait. */
    synchronized DataSize held() {
        return new DataSize((long) made * CHUNK_BYTES);
    }

    /** Half of what is left of the JVM's limit on direct buffers. */
    private static long spareBytes() {
        long used = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return (limitBytes() - used) / 2;
    }

    /** The JVM's limit: its flag, or as much as the heap may have. */
    private static long limitBytes() {
        HotSpotDiagnosticMXBean flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long flag = flags == null
                ? 0
                : Long.parseLong(flags.getVMOption("MaxDirectMemorySize").getValue());
        return flag > 0 ? flag : Runtime.getRuntime().maxMemory();
    }
}
