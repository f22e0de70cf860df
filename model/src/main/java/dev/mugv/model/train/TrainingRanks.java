package dev.mugv.model.train;

import dev.mugv.kernels.collective.Communicator;
import dev.mugv.kernels.collective.MpiCommunicator;
import dev.mugv.kernels.collective.NcclCommunicator;
import dev.mugv.kernels.collective.ThreadCommunicator;
import dev.mugv.kernels.collective.ThreadRanks;
import dev.mugv.model.run.Communication;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The ranks that this process has in a training: itself, or threads of it. */
public final class TrainingRanks {
    private final TaskContext context;

    private TrainingRanks(TaskContext context) {
        this.context = context;
    }

    /** Those that the order asks for. */
    public static TrainingRanks of(TaskContext context) {
        return new TrainingRanks(context);
    }

    /** What one rank does. */
    @FunctionalInterface
    public interface Body {
        void run(Communicator world) throws IOException;
    }

    /** Returns when this process's ranks have done their part; whatever one of them throws ends all of the training. */
    public void run(Body body) throws IOException {
        Communication communication = context.order().communication();
        int size = context.order().ranks().size();
        if (size == 1) {
            body.run(ThreadCommunicator.world(1, communication.deadline()).get(0));
            return;
        }
        switch (communication.communicator()) {
            case THREADS -> runThreads(body, communication);
            case MPI -> runProcess(body, MpiCommunicator.open(size, communication.deadline()));
            case NCCL -> runProcess(body, NcclCommunicator.open(place(), rendezvous(), communication.deadline()));
        }
    }

    private NcclCommunicator.Place place() {
        Rank rank = context.rank();
        return new NcclCommunicator.Place(rank.number(), rank.size(), rank.localRank());
    }

    private Path rendezvous() throws IOException {
        return Files.createDirectories(context.rank().rendezvous());
    }

    /** This process is one rank. */
    private void runProcess(Body body, Communicator world) throws IOException {
        try {
            if (world.rank() != context.rank().number()) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot train as rank %d: expected the launcher to number ranks as the communicator does, which says %d. Leave the distribution of ranks to the batch script."
                                .formatted(context.rank().number(), world.rank()));
            }
            body.run(world);
        } catch (StopRequestedException e) {
            world.close();
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            world.abort(String.valueOf(e.getMessage()));
            throw e;
        }
        world.close();
    }

    private static void runThreads(Body body, Communication communication) throws IOException {
        try {
            ThreadRanks.run(communication.ranksPerProcess(), communication.deadline(), body::run);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("a rank was interrupted", e);
        }
    }
}
