package dev.mugv.model.worker;

import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RankRecord;
import dev.mugv.model.run.WorkFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the ranks of one run wait for each other's records. The leader publishes only after every other rank has said that
 * its part is done, and no rank leaves with a code other than 0 while another may still be saving: srun then ends all.
 */
final class RankMeeting {
    private static final Logger LOG = LoggerFactory.getLogger(RankMeeting.class);

    /** A rank that fails writes its record at once. */
    private static final Duration CAUSE_PATIENCE = Duration.ofSeconds(5);

    private final WorkerArguments arguments;
    private final Duration patience;
    private final Duration interval;

    /**
     * @param patience how long ranks may end apart from each other
     */
    RankMeeting(WorkerArguments arguments, Duration patience, Duration interval) {
        this.arguments = arguments;
        this.patience = patience;
        this.interval = interval;
    }

    /**
     * Returns when every other rank has done its part.
     *
     * @throws WorkFailure with the failure of the first that failed; {@link FailureKind#TRANSIENT} when one has stopped
     *     or has not reported in time
     */
    void requireOthers() {
        BitSet done = new BitSet();
        await(() -> {
            for (int rank = 1; rank < arguments.rank().size(); rank++) {
                if (!done.get(rank)) {
                    Optional<RankRecord> record = find(rank);
                    record.ifPresent(RankMeeting::requireSuccess);
                    done.set(rank, record.isPresent());
                }
            }
            return done.cardinality() == arguments.rank().size() - 1;
        });
        if (done.cardinality() != arguments.rank().size() - 1) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot publish: expected the records of %d ranks, found those of %s within %d s. See the logs of the others, run-%d-rank-R.log."
                            .formatted(arguments.rank().size() - 1, done, patience.toSeconds(), arguments.run()));
        }
    }

    /** The failure of another rank that is not itself the loss of one, if one of them tells it soon. */
    Optional<WorkFailure> cause() {
        List<WorkFailure> causes = new ArrayList<>();
        await(CAUSE_PATIENCE, () -> {
            for (int rank = 1; rank < arguments.rank().size(); rank++) {
                Optional<RankRecord> record = find(rank);
                FailureKind kind = record.map(RankRecord::failure).orElse(null);
                if (kind != null && kind != FailureKind.RANK_LOST) {
                    causes.add(new WorkFailure(kind, record.get().told()));
                }
            }
            return !causes.isEmpty();
        });
        return causes.stream().findFirst();
    }

    /** Returns when all others have written their records too, or it is too late for that. */
    void awaitOthers() {
        await(() -> {
            boolean all = true;
            for (int rank = 0; rank < arguments.rank().size() && all; rank++) {
                all = rank == arguments.rank().number() || find(rank).isPresent();
            }
            return all;
        });
    }

    private static void requireSuccess(RankRecord record) {
        if (record.outcome() == ExitRecord.Outcome.FAILED && record.failure() != null) {
            throw new WorkFailure(record.failure(), record.told());
        }
        if (record.outcome() == ExitRecord.Outcome.STOPPED) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot publish: expected rank %d to finish its part, found that it has stopped. The next attempt goes on."
                            .formatted(record.rank()));
        }
    }

    private Optional<RankRecord> find(int rank) {
        return RankRecord.find(arguments.folder(), arguments.run(), rank);
    }

    private void await(BooleanSupplier done) {
        await(patience, done);
    }

    private void await(Duration most, BooleanSupplier done) {
        long begun = System.nanoTime();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - begun > most.toNanos()) {
                LOG.warn("other ranks have not reported within {} s", most.toSeconds());
                return;
            }
            LockSupport.parkNanos(interval.toNanos());
        }
    }
}
