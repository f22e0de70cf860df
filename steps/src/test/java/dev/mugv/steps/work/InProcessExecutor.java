package dev.mugv.steps.work;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.model.worker.TaskRegistry;
import dev.mugv.model.worker.Worker;
import dev.mugv.model.worker.WorkerArguments;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.NodeStorage;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.StopOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.executor.ThrottleOutcome;
import dev.mugv.slurm.script.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An executor for tests: it outlives controllers as a real one does, and does the worker's part in this process, with
 * the product's own {@link Worker}. Faults are scripted.
 */
final class InProcessExecutor implements Executor {
    final List<String> starts = new ArrayList<>();
    final List<ArraySubmission> accepted = new ArrayList<>();
    final Deque<UnaryOperator<Observation.Ended>> ends = new ArrayDeque<>();
    final Deque<SubmissionFault> submissionFaults = new ArrayDeque<>();
    final List<Integer> throttles = new ArrayList<>();
    final Deque<String> lostNodes = new ArrayDeque<>();
    final Set<String> heldNames = new java.util.HashSet<>();
    final Set<Integer> searchesWithoutAnswer = new java.util.HashSet<>();
    NodeStorage storage = NodeStorage.SHARED;
    boolean holdsEverything;
    boolean answers = true;
    Duration quarantine = Duration.ofSeconds(60);
    int searches;
    int machines = 8;
    int maxQueued = Integer.MAX_VALUE;
    int mostQueued;
    private final TestTask task;
    private final Clock clock;
    private final Map<ElementId, Observation.Ended> ended = new LinkedHashMap<>();
    private final Map<ElementId, Integer> stopRequests = new HashMap<>();

    /** What goes wrong when a submission is handed over. */
    enum SubmissionFault {
        TIMED_OUT_BUT_ACCEPTED,
        TIMED_OUT_AND_LOST,
        REFUSED_IN_UNKNOWN_WORDS,
        REFUSED
    }

    /** The work of a test: its label comes from the order. */
    interface TestTask {
        void run(String name, TaskContext context) throws Exception;
    }

    InProcessExecutor(TestTask task, Clock clock) {
        this.task = task;
        this.clock = clock;
    }

    @Override
    public SubmissionOutcome submit(ArraySubmission submission) {
        if (!Files.exists(submission.script())) {
            return new SubmissionOutcome.Rejected("no script");
        }
        SubmissionFault fault = submissionFaults.poll();
        if (fault == SubmissionFault.REFUSED) {
            return new SubmissionOutcome.Rejected("Invalid partition name specified");
        }
        if (fault == SubmissionFault.REFUSED_IN_UNKNOWN_WORDS) {
            return new SubmissionOutcome.Unrecognised("The moon is in the wrong phase");
        }
        if (fault != SubmissionFault.TIMED_OUT_AND_LOST) {
            accepted.add(submission);
            int all = accepted.stream().mapToInt(ArraySubmission::elements).sum();
            mostQueued = Math.max(mostQueued, all - ended.size());
        }
        return fault == null
                ? new SubmissionOutcome.Accepted("x" + accepted.size())
                : new SubmissionOutcome.Unknown("Socket timed out");
    }

    @Override
    public SearchOutcome find(ArraySubmission submission) {
        searches++;
        if (searchesWithoutAnswer.contains(searches)) {
            return new SearchOutcome.NoAnswer("Unable to contact slurm controller");
        }
        return accepted.stream().anyMatch(each -> each.token().equals(submission.token()))
                ? new SearchOutcome.Found("x")
                : new SearchOutcome.Absent();
    }

    @Override
    public Duration quarantine() {
        return quarantine;
    }

    @Override
    public Map<ElementId, Observation> observe(Collection<ArraySubmission> submissions) {
        Map<ElementId, Observation> found = new HashMap<>();
        for (ArraySubmission submission : submissions) {
            for (int index = 0; index < submission.elements(); index++) {
                found.put(submission.element(index), observe(submission, index));
            }
        }
        return found;
    }

    private Observation observe(ArraySubmission submission, int index) {
        ElementId element = submission.element(index);
        if (!answers) {
            return new Observation.NoAnswer("Connection refused");
        }
        if (ended.containsKey(element)) {
            return ended.get(element);
        }
        if (holdsEverything || holds(submission, index)) {
            return new Observation.Running(0, "node1", submission.preparedAt());
        }
        ended.put(element, carryOut(submission, index));
        return new Observation.Running(0, "node1", clock.instant());
    }

    private boolean holds(ArraySubmission submission, int index) {
        Path order = new AttemptFolder(submission.attempt(index)).order();
        return !heldNames.isEmpty()
                && heldNames.contains(Json.read(order, WorkOrder.class)
                        .parameters()
                        .get("name")
                        .asString());
    }

    private Observation.Ended carryOut(ArraySubmission submission, int index) {
        AttemptFolder folder = new AttemptFolder(storage.seenByNodes(submission.attempt(index)));
        try {
            Files.createFile(folder.claim(0)); // fails when an attempt is run twice
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String node = lostNodes.poll();
        if (node != null) {
            return lost(node);
        }
        int exitCode = new Worker(registry(), kind -> "test", clock, Duration.ofHours(1))
                .run(WorkerArguments.parse(List.of(
                        "--order",
                        folder.order().toString(),
                        "--attempt-folder",
                        folder.path().toString(),
                        "--run",
                        "0")));
        Observation.Ended end = new Observation.Ended(
                0,
                exitCode == 0 ? Observation.EndState.COMPLETED : Observation.EndState.FAILED,
                OptionalInt.of(exitCode),
                Optional.of(clock.instant()),
                clock.instant(),
                "exit status " + exitCode);
        UnaryOperator<Observation.Ended> fault = ends.poll();
        return fault == null ? end : fault.apply(end);
    }

    private TaskRegistry registry() {
        return new TaskRegistry(Map.of(TaskKind.CURATE_VIDEO, () -> context -> {
            WorkOrder order = context.order();
            String name = order.parameters().get("name").asString();
            starts.add(name);
            task.run(name, context);
        }));
    }

    @Override
    public StopOutcome stop(ArraySubmission submission, Set<Integer> indices, Duration grace) {
        for (int index : indices) {
            ElementId element = submission.element(index);
            stopRequests.merge(element, 1, Integer::sum);
            ended.putIfAbsent(
                    element,
                    new Observation.Ended(
                            0,
                            Observation.EndState.CANCELLED,
                            OptionalInt.empty(),
                            Optional.empty(),
                            clock.instant(),
                            "cancelled"));
        }
        return new StopOutcome.Requested();
    }

    int stopRequests() {
        return stopRequests.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public ThrottleOutcome throttle(ArraySubmission submission, int parallel) {
        throttles.add(parallel);
        return answers ? new ThrottleOutcome.Set() : new ThrottleOutcome.NoAnswer("Connection refused");
    }

    @Override
    public NodeStorage storage() {
        return storage;
    }

    @Override
    public Duration observationInterval() {
        return Duration.ofMillis(250);
    }

    @Override
    public int maxElements() {
        return Math.min(3, maxQueued);
    }

    @Override
    public int maxQueued() {
        return maxQueued;
    }

    /** A run that its node took along: no worker was left to say anything. */
    private Observation.Ended lost(String node) {
        return new Observation.Ended(
                0,
                Observation.EndState.NODE_FAILURE,
                OptionalInt.empty(),
                Optional.of(clock.instant()),
                clock.instant(),
                "Slurm job 7_0 NODE_FAIL 0:0 on " + node,
                node);
    }

    @Override
    public int machines(Resources resources) {
        return machines;
    }

    /** Another end of the same run. */
    static UnaryOperator<Observation.Ended> endsAs(Observation.EndState state, int exitCode) {
        return end -> new Observation.Ended(
                end.run(), state, OptionalInt.of(exitCode), end.startedAt(), end.endedAt(), "exit status " + exitCode);
    }
}
