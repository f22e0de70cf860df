package dev.mugv.model.worker;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a task sees of the worker around it; progress and stop are shared with the heartbeat's thread. */
final class LiveTaskContext implements TaskContext {
    private static final Logger LOG = LoggerFactory.getLogger("task");

    private final WorkOrder order;
    private final WorkerArguments arguments;
    private final ArtifactStore store;
    private final Path pendingOutput;
    private final Clock clock;
    private final Map<ArtifactRef, Path> opened = new ConcurrentHashMap<>();
    private volatile Progress progress;
    private volatile boolean stopRequested;

    LiveTaskContext(WorkOrder order, WorkerArguments arguments, ArtifactStore store, Path pendingOutput, Clock clock) {
        this.order = order;
        this.arguments = arguments;
        this.store = store;
        this.pendingOutput = pendingOutput;
        this.clock = clock;
        this.progress = new Progress(0, 0, "", clock.instant());
    }

    @Override
    public WorkOrder order() {
        return order;
    }

    @Override
    public Rank rank() {
        return arguments.rank();
    }

    @Override
    public Path pendingOutput() {
        return pendingOutput;
    }

    @Override
    public Path input(ArtifactRef ref) {
        if (!order.inputs().contains(ref)) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot open artifact '%s/%s': it is no input of this order, so the result's key would not hold it."
                                    .formatted(ref.task().label(), ref.key())
                            + " Report this.");
        }
        return opened.computeIfAbsent(ref, store::open);
    }

    @Override
    public Path durableFolder() {
        Path folder = store.durableFolder(order.task(), order.key());
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void progress(long done, long total, String unit) {
        Progress before = progress;
        Instant changed = before.done == done ? before.changedAt : clock.instant();
        progress = new Progress(done, total, unit, changed);
    }

    @Override
    public void log(String line) {
        LOG.info("{}", line);
    }

    @Override
    public boolean isStopRequested() {
        return stopRequested;
    }

    @Override
    public void requireClaim() {
        arguments.folder().requireClaim(arguments.run());
    }

    /** Looks for the stop file and for a newer claim; either asks the task to leave. */
    void checkForStop() {
        AttemptFolder folder = arguments.folder();
        if (!stopRequested
                && (Files.exists(folder.stopFile())
                        || folder.latestClaim().orElse(arguments.run()) > arguments.run())) {
            stopRequested = true;
            LOG.info("stop requested token={} index={} run={}", order.token(), order.index(), arguments.run());
        }
    }

    Heartbeat heartbeat(String host, long pid) {
        Progress now = progress;
        return new Heartbeat(arguments.run(), host, pid, clock.instant(), now.changedAt, now.done, now.total, now.unit);
    }

    private record Progress(long done, long total, String unit, Instant changedAt) {}
}
