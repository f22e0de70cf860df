package dev.mugv.model.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A task's surroundings in tests: folders under a temporary one, inputs given as folders, everything said kept. */
public final class RecordingTaskContext implements TaskContext {
    public final List<String> lines = new ArrayList<>();
    public final List<Long> progress = new ArrayList<>();
    private WorkOrder order;
    private final Path root;
    private final Map<ArtifactRef, Path> inputs = new LinkedHashMap<>();
    private int unitsBeforeStop = Integer.MAX_VALUE;
    private boolean superseded;
    private @Nullable Rank rank;

    public RecordingTaskContext(Path root, TaskKind task, Object parameters, List<ArtifactRef> inputs) {
        this.root = root;
        this.order = new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                "0".repeat(32),
                0,
                1,
                task,
                ArtifactKey.of(task, "test", Json.tree(parameters), inputs),
                root,
                Json.parse(Json.text(parameters), tools.jackson.databind.JsonNode.class),
                inputs,
                1,
                List.of(new WorkOrder.RankPlace(0, "localhost", "cpu")));
    }

    /** Lets {@link #input} answer with this folder. */
    public RecordingTaskContext withInput(ArtifactRef ref, Path folder) {
        inputs.put(ref, folder);
        return this;
    }

    /** Lets the order ask for ranks that are threads. */
    public RecordingTaskContext withThreadRanks(int ranks) {
        return withThreadRanks(1, 1, ranks);
    }

    /** The same for a model that {@code tensor} times {@code pipeline} ranks hold together, {@code data} times. */
    public RecordingTaskContext withThreadRanks(int tensor, int pipeline, int data) {
        int ranks = tensor * pipeline * data;
        order = new WorkOrder(
                order.formatVersion(),
                order.token(),
                order.index(),
                order.attempt(),
                order.task(),
                order.key(),
                order.workspace(),
                order.parameters(),
                order.inputs(),
                order.threads(),
                IntStream.range(0, ranks)
                        .mapToObj(rank -> new WorkOrder.RankPlace(rank, "", "cpu"))
                        .toList(),
                new Communication(CommunicatorKind.THREADS, ranks, tensor, pipeline, 60));
        return this;
    }

    /** Tells the task these circumstances. */
    public RecordingTaskContext under(Object circumstances) {
        order = new WorkOrder(
                order.formatVersion(),
                order.token(),
                order.index(),
                order.attempt(),
                order.task(),
                order.key(),
                order.workspace(),
                order.parameters(),
                order.inputs(),
                order.threads(),
                order.ranks(),
                order.communication(),
                order.conduct(),
                Optional.of(Json.tree(circumstances)));
        return this;
    }

    /** Asks for a stop once progress was reported this often. */
    public RecordingTaskContext stopAfter(int reports) {
        unitsBeforeStop = reports;
        return this;
    }

    /** Makes this one of several ranks. */
    public RecordingTaskContext withRank(Rank own) {
        rank = own;
        return this;
    }

    @Override
    public Rank rank() {
        return rank == null ? Rank.alone(new AttemptFolder(root), 0) : rank;
    }

    /** Lets a newer run have taken over. */
    public RecordingTaskContext supersede() {
        superseded = true;
        return this;
    }

    @Override
    public WorkOrder order() {
        return order;
    }

    @Override
    public Path pendingOutput() {
        return created("output");
    }

    @Override
    public Path input(ArtifactRef ref) {
        Path folder = inputs.get(ref);
        if (folder == null) {
            throw new IllegalArgumentException("no folder was given for input " + ref);
        }
        return folder;
    }

    @Override
    public Path durableFolder() {
        return created("durable");
    }

    @Override
    public void progress(long done, long total, String unit) {
        progress.add(done);
    }

    @Override
    public void log(String line) {
        lines.add(line);
    }

    @Override
    public boolean isStopRequested() {
        return progress.size() >= unitsBeforeStop;
    }

    @Override
    public void requireClaim() {
        if (superseded) {
            throw new WorkFailure(
                    FailureKind.OUTCOME_UNKNOWN, "Cannot publish: a newer run has taken over. Nothing is to be done.");
        }
    }

    private Path created(String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
