package dev.mugv.steps.goodput;

import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Splits the time of the runs that worked at one piece, which go on from each other's checkpoints. */
final class AttemptHours {
    private static final Set<TaskKind> TRAININGS = Set.of(TaskKind.TRAIN_MODEL, TaskKind.TRAIN_VAE);

    private final Path workspace;
    private final ArtifactStore store;
    private final Instant now;

    AttemptHours(Path workspace, Instant now) {
        this.workspace = workspace;
        this.store = new ArtifactStore(workspace);
        this.now = now;
    }

    /**
     * Time of a run and what it held.
     *
     * @param cores threads of all its ranks
     * @param gpus devices of all its ranks
     */
    record Split(RunRow row, RunHours hours, int cores, int gpus) {}

    /** Runs of one piece, oldest first, split. */
    List<Split> split(List<RunRow> runs) {
        List<Split> split = new ArrayList<>();
        RunRow first = runs.get(0);
        boolean training = TRAININGS.contains(first.task());
        TrainingTimes times = training ? TrainingTimes.read(metrics(first)) : new TrainingTimes();
        long resumed = 0;
        for (RunRow row : runs) {
            AttemptFolder folder = AttemptFolder.of(workspace, row.token(), row.index());
            Optional<WorkOrder> order = order(folder);
            Duration queued = row.waitsSince()
                    .map(since -> RunHours.atLeastZero(Duration.between(since, row.startedAt())))
                    .orElse(Duration.ZERO);
            RunHours hours;
            if (training) {
                Progress progress = progress(row, folder, order, resumed, times);
                hours = training(row, queued, progress, times);
                resumed = progress.saved();
            } else {
                hours = other(row, folder, queued);
            }
            split.add(new Split(
                    row,
                    hours,
                    order.map(AttemptHours::cores).orElse(1),
                    order.map(AttemptHours::gpus).orElse(0)));
        }
        return split;
    }

    /**
     * How far a run of a training came.
     *
     * @param resumed update that it went on from
     * @param done last update that it did
     * @param saved last update that a checkpoint holds
     * @param every updates between checkpoints
     * @param seenAt when it was last heard of; of one that ended in order, its end
     */
    private record Progress(long resumed, long done, long saved, long every, Instant seenAt) {}

    private Progress progress(
            RunRow row, AttemptFolder folder, Optional<WorkOrder> order, long resumed, TrainingTimes times) {
        Optional<Heartbeat> beat = Heartbeat.find(folder, row.run());
        Instant end = row.endedAt().orElse(now);
        long every = order.map(found -> found.parameters().findValue("checkpoint-every"))
                .map(JsonNode::asLong)
                .filter(value -> value > 0)
                .orElse(1L);
        long done = Math.max(resumed, beat.map(Heartbeat::done).orElse(resumed));
        if (row.succeeded()) {
            // The last heartbeat may be older than the end, and tells what was planned: a rule may have ended the stage
            // before that.
            done = times.last().isPresent()
                    ? times.last().getAsLong()
                    : beat.map(Heartbeat::total).filter(total -> total > 0).orElse(done);
            return new Progress(resumed, done, done, every, end);
        }
        if (row.stoppedInOrder()) {
            return new Progress(resumed, done, done, every, end);
        }
        long saved = Math.max(resumed, done / every * every);
        return new Progress(
                resumed,
                done,
                saved,
                every,
                row.isRunning() ? end : beat.map(Heartbeat::at).orElse(end));
    }

    private RunHours training(RunRow row, Duration queued, Progress progress, TrainingTimes times) {
        Duration wall = Duration.between(row.startedAt(), row.endedAt().orElse(now));
        long kept = row.isRunning() ? progress.done() : progress.saved();
        Duration productive = times.updates(progress.resumed(), kept);
        long checkpoints =
                (progress.saved() + progress.every() - 1) / progress.every() - progress.resumed() / progress.every();
        Duration saving = times.savings(progress.resumed(), progress.saved(), checkpoints);
        Duration lost = row.isRunning()
                ? Duration.ZERO
                : times.updates(kept, progress.done())
                        .plus(RunHours.atLeastZero(Duration.between(
                                progress.seenAt(), row.endedAt().orElse(now))));
        if (progress.done() == progress.resumed() && !row.isRunning() && !row.succeeded() && !row.stoppedInOrder()) {
            lost = wall; // it never came to its first update
        }
        // Parts are measured by other clocks than the whole: none may be longer than what is left of it.
        productive = shorter(productive, wall);
        saving = shorter(saving, wall.minus(productive));
        lost = shorter(lost, wall.minus(productive).minus(saving));
        Duration starting = wall.minus(productive).minus(saving).minus(lost);
        return RunHours.of(queued, starting, productive, saving, new RunHours.Loss(lost, row.cause()));
    }

    /** What saves nothing on the way is kept as a whole or not at all; with a durable folder, up to its last progress. */
    private RunHours other(RunRow row, AttemptFolder folder, Duration queued) {
        Instant end = row.endedAt().orElse(now);
        Duration wall = RunHours.atLeastZero(Duration.between(row.startedAt(), end));
        Duration starting = shorter(began(row, folder), wall);
        Duration working = wall.minus(starting);
        if (row.isRunning() || row.succeeded()) {
            return RunHours.kept(queued, starting, working, Duration.ZERO);
        }
        boolean savesOnTheWay = Files.isDirectory(store.durableFolder(row.task(), row.key()));
        Optional<Instant> progressed = Heartbeat.find(folder, row.run()).map(Heartbeat::progressedAt);
        if (savesOnTheWay && progressed.isPresent()) {
            Duration lost = shorter(RunHours.atLeastZero(Duration.between(progressed.get(), end)), working);
            return RunHours.of(
                    queued, starting, working.minus(lost), Duration.ZERO, new RunHours.Loss(lost, row.cause()));
        }
        return RunHours.of(queued, Duration.ZERO, Duration.ZERO, Duration.ZERO, new RunHours.Loss(wall, row.cause()));
    }

    private static Duration began(RunRow row, AttemptFolder folder) {
        try {
            return ExitRecord.find(folder, row.run())
                    .map(record -> RunHours.atLeastZero(Duration.between(row.startedAt(), record.startedAt())))
                    .orElse(Duration.ZERO);
        } catch (WorkFailure unreadable) {
            return Duration.ZERO;
        }
    }

    /** The durable file goes on growing; once published, the artifact's is the same and stays. */
    private Path metrics(RunRow row) {
        Path published = store.folder(row.task(), row.key()).resolve(MetricsLine.FILE_NAME);
        return Files.exists(published)
                ? published
                : store.durableFolder(row.task(), row.key()).resolve(MetricsLine.FILE_NAME);
    }

    private static Optional<WorkOrder> order(AttemptFolder folder) {
        try {
            return Files.exists(folder.order())
                    ? Optional.of(Json.read(folder.order(), WorkOrder.class))
                    : Optional.empty();
        } catch (WorkFailure unreadable) {
            return Optional.empty();
        }
    }

    private static int cores(WorkOrder order) {
        return Math.max(1, order.threads()) * Math.max(1, order.ranks().size());
    }

    private static int gpus(WorkOrder order) {
        return (int) order.ranks().stream()
                .filter(rank -> rank.device().startsWith("cuda"))
                .count();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
