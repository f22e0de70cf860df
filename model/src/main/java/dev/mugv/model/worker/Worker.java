package dev.mugv.model.worker;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.RankRecord;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.model.run.WorkerExit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
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
 * record, in this order, so that a record of success never stands without its artifact. Where several ranks carry it out,
 * each does its part and writes a record of its own; rank 0 waits for those of the others before it publishes.
 */
public final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** Ranks end together but for what the slowest still saves; a checkpoint of 10B weights takes minutes to write. */
    private static final Duration RANK_PATIENCE = Duration.ofMinutes(15);

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
                "started task={} key={} token={} index={} attempt={} run={} rank={}/{}",
                order.task().label(),
                order.key().shortForm(),
                order.token(),
                order.index(),
                order.attempt(),
                arguments.run(),
                arguments.rank().number(),
                arguments.rank().size());
        RankMeeting meeting = new RankMeeting(arguments, RANK_PATIENCE, heartbeatInterval);
        Ending ending = withCause(carryOut(order, arguments, meeting), arguments, meeting);
        int exitCode = writeRankRecord(order, arguments, startedAt, ending);
        if (ending instanceof Ending.Stopped && !arguments.rank().isAlone()) {
            meeting.awaitOthers();
        }
        return arguments.rank().leads() ? writeRecord(order, arguments, startedAt, ending) : exitCode;
    }

    /** The leader, which speaks for all, tells why another rank was lost rather than that it was. */
    private static Ending withCause(Ending ending, WorkerArguments arguments, RankMeeting meeting) {
        boolean lost = ending.failure() == FailureKind.RANK_LOST;
        if (!lost || !arguments.rank().leads() || arguments.rank().isAlone()) {
            return ending;
        }
        return meeting.cause().<Ending>map(Ending.Failed::new).orElse(ending);
    }

    /** Everything that can go wrong with the work becomes an ending; errors of the JVM too, for the record's sake. */
    @SuppressWarnings("CatchingUnchecked")
    private Ending carryOut(WorkOrder order, WorkerArguments arguments, RankMeeting meeting) {
        try {
            String version = codeVersion.apply(order.task());
            requireSameCode(order, version);
            requireSize(order, arguments.rank());
            ArtifactStore store = new ArtifactStore(order.workspace());
            Optional<ArtifactRef> published = store.find(order.task(), order.key());
            if (published.isPresent()) {
                if (arguments.rank().leads()) {
                    store.open(published.get());
                }
                LOG.info(
                        "already published by an earlier run, key={}",
                        order.key().shortForm());
                return arguments.rank().leads() ? new Ending.Succeeded(published.get()) : new Ending.Contributed();
            }
            if (!arguments.rank().leads()) {
                contribute(order, arguments, store);
                return new Ending.Contributed();
            }
            return new Ending.Succeeded(publishNew(order, arguments, store, version, meeting));
        } catch (StopRequestedException e) {
            LOG.info("stopped: {}", e.getMessage());
            return new Ending.Stopped(String.valueOf(e.getMessage()));
        } catch (Exception | OutOfMemoryError | StackOverflowError | LinkageError | AssertionError e) {
            return ending(e, order.workspace());
        }
    }

    /** The work of a rank that does not lead; its output is for the others to read, not to be published. */
    private void contribute(WorkOrder order, WorkerArguments arguments, ArtifactStore store) throws Exception {
        Path output = arguments
                .rank()
                .rendezvous()
                .resolve("output-" + arguments.rank().number());
        LiveTaskContext context = new LiveTaskContext(order, arguments, store, Files.createDirectories(output), clock);
        try (HeartbeatThread heartbeat = heartbeat(arguments, context)) {
            heartbeat.start(heartbeatInterval);
            tasks.task(order.task()).run(context);
        }
    }

    private static HeartbeatThread heartbeat(WorkerArguments arguments, LiveTaskContext context) {
        String host = host();
        long pid = ProcessHandle.current().pid();
        Path file =
                arguments.folder().heartbeat(arguments.run(), arguments.rank().number());
        return new HeartbeatThread(file, () -> context.heartbeat(host, pid), context::checkForStop);
    }

    private ArtifactRef publishNew(
            WorkOrder order, WorkerArguments arguments, ArtifactStore store, String version, RankMeeting meeting)
            throws Exception {
        Path pending = store.begin(order, arguments.run());
        LiveTaskContext context = new LiveTaskContext(order, arguments, store, pending, clock);
        try (HeartbeatThread heartbeat = heartbeat(arguments, context)) {
            heartbeat.start(heartbeatInterval);
            tasks.task(order.task()).run(context);
            meeting.requireOthers();
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
        ArtifactKey here = ArtifactKey.of(
                order.task(),
                version,
                order.parameters(),
                order.inputs(),
                order.threads(),
                order.ranks().size());
        if (!here.equals(order.key())) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot run task '%s': the order's key is %s, this worker's code gives %s. Use one version of the"
                                    .formatted(order.task().label(), order.key().shortForm(), here.shortForm())
                            + " program for controller and workers, and give the command again.");
        }
    }

    /** The key holds the number of ranks; fewer or more would publish another result under it. */
    private static void requireSize(WorkOrder order, Rank rank) {
        if (order.processes() != rank.size()) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot run task '%s': expected %d ranks, as the order says, found %d started. Give the command again."
                            .formatted(order.task().label(), order.processes(), rank.size()));
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

    /** Returns the exit code; one that works alone needs no record beside the attempt's. */
    private int writeRankRecord(WorkOrder order, WorkerArguments arguments, Instant startedAt, Ending ending) {
        if (arguments.rank().isAlone()) {
            return ending.exitCode();
        }
        RankRecord record = new RankRecord(
                RankRecord.FORMAT_VERSION,
                order.token(),
                order.index(),
                arguments.run(),
                arguments.rank().number(),
                arguments.rank().size(),
                ending.outcome(),
                ending.failure(),
                ending.message(),
                host(),
                ProcessHandle.current().pid(),
                startedAt,
                clock.instant(),
                ending.exitCode());
        try {
            record.write(arguments.folder());
            LOG.info("rank ended outcome={} exit-code={}", ending.outcome(), ending.exitCode());
            return ending.exitCode();
        } catch (IOException e) {
            return withoutRecord(arguments, ending, e);
        }
    }

    /** The exit code is then the only word of the worker; a success without its record must not look like one. */
    private static int withoutRecord(WorkerArguments arguments, Ending ending, IOException e) {
        LOG.error("Cannot write the exit record", e);
        return ending instanceof Ending.Failed
                ? ending.exitCode()
                : FailureClassifier.classify(e, arguments.folder().path())
                        .kind()
                        .exitCode();
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
            return withoutRecord(arguments, ending, e);
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
