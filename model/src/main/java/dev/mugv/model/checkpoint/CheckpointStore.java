package dev.mugv.model.checkpoint;

import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.DataSize;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.StorageFailure;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one training in its durable folder, each a folder such as {@code update-00000100}.
 *
 * <p>{@link #save} copies the parts of this rank and returns; a thread of its own writes them under a pending name, forces them
 * to the disk, has them read back, and publishes them by one rename after the claim was checked; so a reader finds all of a
 * checkpoint or nothing. Reading hashes every file again and steps back past what does not match.
 *
 * <p>To be used by the training's thread alone. All ranks call the same methods in the same order.
 */
public final class CheckpointStore implements AutoCloseable {
    /** The slowest rank may have much more to write than the first one, and a busy disk. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final Pattern PUBLISHED = Pattern.compile("update-(\\d{8,})");
    private static final String PENDING_PREFIX = ".pending-";

    private final TaskContext context;
    private final Rank rank;
    private final Retention retention;
    private final CheckpointFiles files;
    private final Path root;
    private final EventLog events;
    private final StagingMemory memory;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "checkpoint-writer");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Future<?> running;
    private int exchanges;

    /**
     * A store in the context's durable folder.
     *
     * @param rank which of the training's ranks, processes or threads, this one is
     * @param memory most host memory in which values wait for the disk
     */
    public CheckpointStore(TaskContext context, Rank rank, Retention retention, DataSize memory) {
        this(context, rank, retention, memory, CheckpointFiles.onDisk());
    }

    CheckpointStore(TaskContext context, Rank rank, Retention retention, DataSize memory, CheckpointFiles files) {
        this.context = context;
        this.rank = rank;
        this.retention = retention;
        this.files = files;
        this.root = context.durableFolder();
        this.events = new EventLog(context, rank, Clock.systemUTC());
        this.memory = new StagingMemory(memory);
    }

    /** Updates of the published checkpoints, oldest first; they are not verified. */
    public List<Long> updates() {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> PUBLISHED.matcher(entry.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(name -> Long.parseLong(name.group(1)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The newest checkpoint all of whose files are what its manifest says, the same one on all ranks. Damaged ones are passed
     * over, each with an event; left-overs of interrupted publications are removed.
     */
    public Optional<Checkpoint> newestVerified() {
        return newestVerified(Long.MAX_VALUE);
    }

    /** The same among those up to an update. */
    public Optional<Checkpoint> newestVerified(long most) {
        RankExchange exchange = exchange("resume");
        try {
            if (!exchange.leads()) {
                long agreed = exchange.hear("found", 0, Long.class);
                return agreed < 0 ? Optional.empty() : Optional.of(CheckpointReading.open(folder(agreed), agreed));
            }
            removeLeftovers();
            Optional<Checkpoint> found = search(most);
            if (!exchange.isAlone()) {
                exchange.tell(
                        "found",
                        found.map(checkpoint -> checkpoint.state().update()).orElse(-1L));
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (WorkFailure e) {
            exchange.tellFailure(e);
            throw e;
        }
    }

    private Optional<Checkpoint> search(long most) {
        List<Long> updates = updates();
        for (int i = updates.size() - 1; i >= 0; i--) {
            if (updates.get(i) > most) {
                continue;
            }
            try {
                return Optional.of(verified(updates.get(i)));
            } catch (WorkFailure e) {
                if (e.kind() != FailureKind.CORRUPT) {
                    throw e;
                }
                events.record(
                        TrainingEvent.Kind.STEPPED_BACK,
                        updates.get(i),
                        e.text() + " The checkpoint before it is tried.");
            }
        }
        return Optional.empty();
    }

    /**
     * The checkpoint after some update.
     *
     * @throws WorkFailure of kind {@link FailureKind#CORRUPT} naming the file, what was expected and what was found; {@link
     *     FailureKind#INVALID_REQUEST} if another version of the format wrote it
     */
    public Checkpoint verified(long update) {
        return CheckpointReading.verified(folder(update), update);
    }

    /** Makes room in the background for what {@link #save} will copy, so that the first one takes no longer than others. */
    public void prepare(List<CheckpointPart> parts) {
        long bytes = parts.stream().mapToLong(CheckpointPart::bytes).sum();
        writer.execute(() -> memory.reserve(bytes));
    }

    /** The same as below where nothing else has to be on the disk first. */
    public void save(CheckpointState state, List<CheckpointPart> parts) {
        save(state, parts, () -> {});
    }

    /**
     * Saves a checkpoint and removes those that {@link Retention} gives up: returns when the values have been copied, and goes
     * on in the background. Waits first for the checkpoint before, if that is still being written.
     *
     * @param parts what this rank holds; those of all ranks make up every tensor once
     * @param first what must be on the disk before the checkpoint is; done by the thread that writes
     * @throws WorkFailure why the checkpoint before, or this one already, could not be saved
     */
    public void save(CheckpointState state, List<CheckpointPart> parts, Runnable first) {
        settle();
        List<CheckpointPart> ordered = Publication.ordered(parts);
        StagedParts staged = new StagedParts(memory);
        RankExchange exchange = exchange("save " + state.update());
        running = writer.submit(() -> {
            try {
                publish(state, ordered, staged, exchange, first);
            } finally {
                staged.abandon();
            }
        });
        try {
            staged.stage(ordered);
        } catch (RuntimeException | Error e) {
            staged.abandon();
            throw e;
        }
    }

    /**
     * Returns when nothing is being written any more.
     *
     * @throws WorkFailure why the last checkpoint could not be saved, of kind {@link FailureKind#DISK_FULL} when there was no
     *     room, and {@link FailureKind#OUTCOME_UNKNOWN} when another run has taken over
     */
    public void settle() {
        Future<?> last = running;
        running = null;
        if (last == null) {
            return;
        }
        try {
            last.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a checkpoint was written", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WorkFailure failure) {
                // A new one, because the cause has the other thread's stack.
                throw new WorkFailure(failure.kind(), failure.text(), failure);
            }
            throw new IllegalStateException("a checkpoint could not be saved", e.getCause());
        }
    }

    /** Whether the background has come to an end, so that {@link #settle} would not wait. */
    public boolean isSettled() {
        return running == null || running.isDone();
    }

    /** Removes the checkpoints after an update, whose history is given up. */
    public void removeAfter(long update) {
        settle();
        if (!rank.leads()) {
            return;
        }
        try {
            for (long each : updates()) {
                if (each > update) {
                    setAside(folder(each));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Host memory taken so far. */
    public DataSize staging() {
        return memory.held();
    }

    /** Where this training's events are written. */
    public EventLog events() {
        return events;
    }

    /** Waits for what is being written; a failure of that is logged, because whoever closes has one of its own or has settled. */
    @Override
    public void close() {
        try {
            settle();
        } catch (WorkFailure | IllegalStateException e) {
            context.log(String.valueOf(e.getMessage()));
        } finally {
            writer.shutdown();
        }
    }

    private void publish(
            CheckpointState state,
            List<CheckpointPart> ordered,
            StagedParts staged,
            RankExchange exchange,
            Runnable first) {
        Path pending = root.resolve(PENDING_PREFIX + name(state.update()) + "-"
                + context.order().token().substring(0, 8) + "-"
                + rank.rendezvous().getFileName() + "-" + exchange.subject());
        try {
            first.run();
            new Publication(state, files, pending, exchange, memory).prepare(ordered, staged.values());
            if (exchange.leads()) {
                finish(state, pending);
            }
            if (!exchange.isAlone()) {
                if (exchange.leads()) {
                    exchange.tell("published", true);
                } else {
                    exchange.hear("published", 0, Boolean.class);
                }
            }
        } catch (IOException | UncheckedIOException | WorkFailure e) {
            WorkFailure failure = exchange.failureOfAnother().orElseGet(() -> failure(state, e));
            // Told before the folder goes: what others then miss is no failure of theirs.
            exchange.tellFailure(failure);
            if (exchange.leads()) {
                discard(pending, failure);
            }
            throw failure;
        }
    }

    private void finish(CheckpointState state, Path pending) throws IOException {
        context.requireClaim();
        Path target = folder(state.update());
        if (Files.exists(target)) {
            // A damaged one that was passed over, or the same bits written before a retry.
            setAside(target);
        }
        files.rename(pending, target);
        files.force(root);
        removeOld();
    }

    /** What was half written gives its room back; what it stands for is still in memory, and the checkpoints before are whole. */
    private void discard(Path pending, WorkFailure failure) {
        try {
            if (Files.exists(pending)) {
                files.delete(pending);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private WorkFailure failure(CheckpointState state, Exception cause) {
        if (cause instanceof WorkFailure failure) {
            return failure;
        }
        if (StorageFailure.isDiskFull(cause)) {
            return new WorkFailure(
                    FailureKind.DISK_FULL,
                    "Cannot save the checkpoint of update %d below '%s': no space left on the device. Free disk space and give the command again; it goes on from the checkpoint before."
                            .formatted(state.update(), root),
                    cause);
        }
        return new WorkFailure(
                FailureKind.TRANSIENT,
                "Cannot save the checkpoint of update %d below '%s': %s. Check that storage is reachable; it is tried again."
                        .formatted(state.update(), root, cause),
                cause);
    }

    private void removeOld() throws IOException {
        List<CheckpointState> states = new ArrayList<>();
        for (long update : updates()) {
            CheckpointReading.state(folder(update)).ifPresent(states::add);
        }
        Set<Long> kept = retention.kept(states);
        for (long update : updates()) {
            if (!kept.contains(update)) {
                setAside(folder(update));
            }
        }
    }

    /** Renamed first: a half-deleted folder must not look published. */
    private void setAside(Path folder) throws IOException {
        Path aside = root.resolve(PENDING_PREFIX + "removed-" + UUID.randomUUID());
        files.rename(folder, aside);
        files.delete(aside);
    }

    private void removeLeftovers() throws IOException {
        List<Path> leftovers;
        try (Stream<Path> entries = Files.list(root)) {
            leftovers = entries.filter(entry -> entry.getFileName().toString().startsWith(PENDING_PREFIX))
                    .sorted()
                    .toList();
        }
        for (Path leftover : leftovers) {
            files.delete(leftover);
        }
    }

    /** Numbered, because a training that went back saves the same update again. */
    private RankExchange exchange(String what) {
        return new RankExchange(rank, "checkpoint-" + exchanges++ + " " + what, PATIENCE);
    }

    private Path folder(long update) {
        return root.resolve(name(update));
    }

    private static String name(long update) {
        return "update-%08d".formatted(update);
    }
}
