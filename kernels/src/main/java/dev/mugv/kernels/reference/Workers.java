package dev.mugv.kernels.reference;

import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** As many threads as were given, the caller's alone where that is one. What is done does not depend on their number. */
final class Workers implements AutoCloseable {
    private final @Nullable ForkJoinPool pool;

    Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("expected at least 1 thread, found " + threads);
        }
        pool = threads == 1 ? null : new ForkJoinPool(threads);
    }

    /** Does something for 0 to count - 1, in any order, and returns when all is done. */
    void forEach(int count, IntConsumer work) {
        if (pool == null || count == 1) {
            for (int i = 0; i < count; i++) {
                work.accept(i);
            }
        } else {
            pool.submit(() -> IntStream.range(0, count).parallel().forEach(work))
                    .join();
        }
    }

    @Override
    public void close() {
        if (pool != null) {
            pool.shutdown();
        }
    }
}
