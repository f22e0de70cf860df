package dev.mugv.model.worker;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.model.run.WorkerExit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out one work order: checks the claim, runs the task under heartbeats, publishes its output and writes the exit
 * record, in this order, so that a record of success never stands without its artifact.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final TaskRegistry tasks;
    private final Function<TaskKind, String> codeVersion;
    private final Clock clock;
    private final Duration heartbeatInterval;

    public Worker(TaskRegistry tasks, Function<TaskKind, String> codeVersion, Clock clock, Duration heartbeatInterval) {
        this.tasks = tasks;
        this.codeVersion = codeVersion;
        this.clock = clock;
        this.heartbeatInterval = heartbeatInterval;
    }

    /** Does the work and returns the exit code: of {@link WorkerExit} or of a {@link FailureKind}. */
    public int run(WorkerArguments arguments) {
        Instant startedAt = clock.instant();
        WorkOrder order;
        try {
            order = Json.read(arguments.order(), WorkOrder.class);
            if (arguments.folder().latestClaim().orElse(-1) > arguments.run()) {
                LOG.info("superseded before the start, run={}", arguments.run());
                return WorkerExit.SUPERSEDED.code();
            }
            arguments.folder().requireClaim(arguments.run());
        } catch (RuntimeException e) {
            return ending(e, arguments.order()).exitCode();
        }
        LOG.info(
                "started task={} key={} token={} index={} attempt={} run={}",
                order.task().label(),
                order.key().shortForm(),
                order.token(),
                order.index(),
                order.attempt(),
                arguments.run());
        Ending ending = carryOut(order, arguments);
        return writeRecord(order, arguments, startedAt, ending);
    }

    /** Everything that can go wrong with the work becomes an ending; errors of the JVM too, for the record's sake. */
    @SuppressWarnings("CatchingUnchecked")
    private Ending carryOut(WorkOrder order, WorkerArguments arguments) {
        try {
            String version = codeVersion.apply(order.task());
            requireSameCode(order, version);
            ArtifactStore store = new ArtifactStore(order.workspace());
            Optional<ArtifactRef> published = store.find(order.task(), order.key());
            if (published.isPresent()) {
                store.open(published.get());
                LOG.info(
                        "already published by an earlier run, key={}",
                        order.key().shortForm());
                return new Ending.Succeeded(published.get());
            }
            return new Ending.Succeeded(publishNew(order, arguments, store, version));
        } catch (StopRequestedException e) {
            LOG.info("stopped: {}", e.getMessage());
            return new Ending.Stopped(String.valueOf(e.getMessage()));
        } catch (Exception | OutOfMemoryError | StackOverflowError | LinkageError | AssertionError e) {
            return ending(e, order.workspace());
        }
    }

    private ArtifactRef publishNew(WorkOrder order, WorkerArguments arguments, ArtifactStore store, String version)
            throws Exception {
        Path pending = store.begin(order, arguments.run());
        LiveTaskContext context = new LiveTaskContext(order, arguments, store, pending, clock);
        String host = host();
        long pid = ProcessHandle.current().pid();
        try (HeartbeatThread heartbeat =
                new HeartbeatThread(arguments.folder(), () -> context.heartbeat(host, pid), context::checkForStop)) {
            heartbeat.start(heartbeatInterval);
            tasks.task(order.task()).run(context);
            return store.publish(pending, order, version, context::requireClaim);
        } catch (Exception | Error e) {
            discard(store, order, arguments, e);
            throw e;
        }
    }

    private static void discard(ArtifactStore store, WorkOrder order, WorkerArguments arguments, Throwable cause) {
        try {
            store.discardPending(order, arguments.run() + 1);
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** The key in the order was computed by the controller; another program version here would publish under it. */
    private static void requireSameCode(WorkOrder order, String version) {
        ArtifactKey here = ArtifactKey.of(order.task(), version, order.parameters(), order.inputs(), order.threads());
        if (!here.equals(order.key())) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot run task '%s': the order's key is %s, this worker's code gives %s. Use one version of the"
                                    .formatted(order.task().label(), order.key().shortForm(), here.shortForm())
                            + " program for controller and workers, and give the command again.");
        }
    }

    private static Ending.Failed ending(Throwable cause, Path place) {
        WorkFailure failure = FailureClassifier.classify(cause, place);
        if (failure.kind() == FailureKind.DEFECT) {
            LOG.error("{}", failure.text(), cause);
        } else {
            LOG.error("{}", failure.text());
        }
        return new Ending.Failed(failure);
    }

    private int writeRecord(WorkOrder order, WorkerArguments arguments, Instant startedAt, Ending ending) {
        ExitRecord record = new ExitRecord(
                ExitRecord.FORMAT_VERSION,
                order.token(),
                order.index(),
                order.attempt(),
                arguments.run(),
                ending.outcome(),
                ending.failure(),
                ending.message(),
                ending.manifestSha256(),
                host(),
                ProcessHandle.current().pid(),
                startedAt,
                clock.instant(),
                ending.exitCode());
        try {
            record.write(arguments.folder());
            LOG.info("ended outcome={} exit-code={}", ending.outcome(), ending.exitCode());
            return ending.exitCode();
        } catch (IOException e) {
            LOG.error("Cannot write the exit record", e);
            // The exit code is then the only word of the worker; a success without its record must not look like one.
            return ending instanceof Ending.Failed
                    ? ending.exitCode()
                    : FailureClassifier.classify(e, arguments.folder().path())
                            .kind()
                            .exitCode();
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
