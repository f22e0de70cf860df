package dev.mugv.kernels.collective;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the ranks of a {@link ThreadCommunicator} world, one thread each, and ends them all when one fails. */
public final class ThreadRanks {
    private ThreadRanks() {}

    /** What one rank does. */
    @FunctionalInterface
    public interface Body {
        void run(Communicator world) throws Exception;
    }

    /**
     * Returns when all ranks have.
     *
     * @throws Exception what the first rank to fail threw; that of ranks which only saw it fail is suppressed in it
     */
    public static void run(int size, Duration deadline, Body body) throws Exception {
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (Communicator world : ThreadCommunicator.world(size, deadline)) {
            Thread thread = new Thread(() -> run(world, body, failures), "rank-" + world.rank());
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        rethrow(failures);
    }

    // A rank may fail by anything, also by an error; all of it is handed to the caller.
    @SuppressWarnings("CatchingUnchecked")
    private static void run(Communicator world, Body body, List<Throwable> failures) {
        try {
            body.run(world);
        } catch (Throwable e) {
            synchronized (failures) {
                failures.add(e);
            }
            world.abort(String.valueOf(e.getMessage()));
        }
    }

    private static void rethrow(List<Throwable> failures) throws Exception {
        @Nullable Throwable first = null;
        for (Throwable failure : failures) {
            if (first == null) {
                first = failure;
            } else if (failure != first) {
                first.addSuppressed(failure);
            }
        }
        if (first instanceof Error error) {
            throw error;
        } else if (first instanceof Exception exception) {
            throw exception;
        }
    }
}
