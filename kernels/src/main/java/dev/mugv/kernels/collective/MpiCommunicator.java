package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ranks that are processes started by {@code srun} or {@code mpirun}, over Open MPI. Of MPI only messages between two ranks are used:
 * its collectives add in an order of their own, and wait for ever for a rank that does not come.
 */
public final class MpiCommunicator {
    private MpiCommunicator() {}

    /**
     * Joins the world that this process was started in; once a process.
     *
     * @param size how many ranks are expected
     * @param deadline of every operation
     * @throws CollectiveFailure naming the library when it is missing, or a world of another size
     */
    public static Communicator open(int size, Duration deadline) {
        return open(size, deadline, deadline);
    }

    static Communicator open(int size, Duration patience, Duration deadline) {
        return open(MpiLibrary.NAME, size, patience, deadline);
    }

    static Communicator open(String library, int size, Duration patience, Duration deadline) {
        MpiLibrary mpi = MpiLibrary.load(library);
        // In a thread of its own: it waits for ever for a process that was started and does not come.
        FutureTask<Boolean> start = new FutureTask<>(mpi::initialise, true);
        Thread thread = new Thread(start, "mpi-start");
        thread.setDaemon(true);
        thread.start();
        try {
            start.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new CollectiveFailure(
                    Reason.MISSING_RANK,
                    List.of(),
                    "Cannot start MPI: expected %d ranks to come within %d s, found that not all did. See the logs of the other ranks."
                            .formatted(size, patience.toSeconds()),
                    e);
        } catch (ExecutionException e) {
            throw new CollectiveFailure(Reason.LIBRARY, List.of(), String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CollectiveFailure(
                    Reason.ABORTED, List.of(), "Cannot start MPI: interrupted. See why this rank was ended.", e);
        }
        if (mpi.size() != size) {
            throw new CollectiveFailure(
                    Reason.LIBRARY,
                    List.of(),
                    "Cannot join MPI's world: expected %d ranks, found %d. Start ranks by mpirun, or by srun with a PMI plugin that Open MPI knows (srun --mpi=list)."
                            .formatted(size, mpi.size()),
                    null);
        }
        return MessageCommunicator.world(new MpiWire(mpi), deadline);
    }
}
