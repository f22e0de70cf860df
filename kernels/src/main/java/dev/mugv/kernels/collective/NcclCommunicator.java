package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Ranks that are processes with a GPU each, over NVIDIA's NCCL. They find each other by a file in a folder that all of them share. Of
 * NCCL only messages between two ranks are used, as its reductions add in an order of their own; the elements of a round go through
 * memory of the device, and sums are made by {@link OrderedSum}.
 *
 * <p>NCCL knows no tags: messages of one pair of ranks arrive in the order in which they were started, and messages that are to be
 * under way in both directions must be started together ({@link Communicator#startAll}).
 */
public final class NcclCommunicator {
    private static final String IDENTITY = "nccl-id";
    private static final long LOOK_NANOS = 50_000_000;

    private NcclCommunicator() {}

    /**
     * This process in the world.
     *
     * @param rank of the world
     * @param size of the world
     * @param localRank which of the node's visible devices is this rank's
     */
    public record Place(int rank, int size, int localRank) {}

    /**
     * Joins the other ranks.
     *
     * @param rendezvous of this run alone, shared by all ranks
     * @param deadline of every operation, and of the start
     * @throws CollectiveFailure naming the library when it, the driver or a device is missing
     */
    public static Communicator open(Place place, Path rendezvous, Duration deadline) {
        // In a thread of its own: NCCL waits for ever for a rank that does not come.
        FutureTask<Wire> start = new FutureTask<>(() -> start(place, rendezvous, deadline));
        Thread thread = new Thread(start, "nccl-start");
        thread.setDaemon(true);
        thread.start();
        try {
            return MessageCommunicator.world(start.get(deadline.toNanos(), TimeUnit.NANOSECONDS), deadline);
        } catch (TimeoutException e) {
            throw new CollectiveFailure(
                    Reason.MISSING_RANK,
                    List.of(),
                    "Cannot start NCCL: expected %d ranks to come within %d s, found that not all did. See the logs of the other ranks."
                            .formatted(place.size(), deadline.toSeconds()),
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof CollectiveFailure failure) {
                throw failure;
            }
            throw missing(cause == null ? e : cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CollectiveFailure(
                    Reason.ABORTED, List.of(), "Cannot start NCCL: interrupted. See why this rank was ended.", e);
        }
    }

    /** The binding's classes fail to load where a library below is missing. */
    private static CollectiveFailure missing(Throwable cause) {
        return new CollectiveFailure(
                Reason.LIBRARY,
                List.of(),
                "Cannot use NCCL: expected libnccl.so.2, libcudart.so.12 and libcuda.so.1 to load, found '%s'. Install them on every node, or choose another communicator."
                        .formatted(cause),
                cause);
    }

    private static Wire start(Place place, Path rendezvous, Duration deadline) throws IOException {
        NcclWire.useDevice(place.localRank());
        byte[] identity = place.rank() == 0 ? give(rendezvous) : take(rendezvous, deadline);
        return new NcclWire(place, identity, rendezvous);
    }

    private static byte[] give(Path rendezvous) throws IOException {
        byte[] identity = NcclWire.newIdentity();
        Path pending = Files.createTempFile(rendezvous, "pending-", "-" + IDENTITY);
        Files.write(pending, identity);
        Files.move(pending, rendezvous.resolve(IDENTITY), StandardCopyOption.ATOMIC_MOVE);
        return identity;
    }

    private static byte[] take(Path rendezvous, Duration deadline) throws IOException {
        Path file = rendezvous.resolve(IDENTITY);
        long begun = System.nanoTime();
        while (!Files.exists(file)) {
            if (System.nanoTime() - begun > deadline.toNanos()) {
                throw new CollectiveFailure(
                        Reason.MISSING_RANK,
                        List.of(0),
                        "Cannot start NCCL: expected rank 0 to leave '%s' within %d s, found nothing. See its log, and whether all nodes share that folder."
                                .formatted(file, deadline.toSeconds()),
                        null);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return Files.readAllBytes(file);
    }
}
