package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.worker.TaskRegistry;
import dev.mugv.model.worker.Worker;
import dev.mugv.model.worker.WorkerArguments;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.Observation.EndState;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.StopOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.steps.database.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Segments of four hours, of which the next is queued an hour before the end. */
@Timeout(120)
class RelayTest {
    private static final Duration LIMIT = Duration.ofHours(4);
    private static final Duration AHEAD = Duration.ofHours(1);

    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    private final ManualClock clock = new ManualClock();
    private final Queue queue = new Queue();
    private Bench bench;
    private WorkEngine engine;
    private WorkSession session;

    @BeforeEach
    void begins() {
        Placement placement = new Placement(
                LIMIT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(AHEAD),
                List.of());
        bench = new Bench(
                postgres.dataSource(),
                queue,
                Bench.inProcess(),
                Bench.surroundings(clock, WorkListener.silent()),
                new WorkSettings(
                        workspace.getFileName().toString(),
                        workspace,
                        2,
                        new WorkSettings.Limits(Duration.ofSeconds(5), Duration.ofDays(30), Duration.ZERO),
                        step -> placement));
        newController();
    }

    /** What is remembered is the ledger's and the files'. */
    private void newController() {
        engine = bench.engine();
        session = engine.open(
                "curate",
                1,
                () -> List.of(new WorkItem(
                        "motion",
                        TaskKind.TRAIN_MODEL,
                        Json.tree(Map.of("name", "motion")),
                        List.of(),
                        new WorkResources(1, 100))),
                Tolerance.NONE);
    }

    private WorkOutcome advance() {
        WorkOutcome outcome = new WorkOutcome.Moved();
        for (int i = 0; i < 30 && outcome instanceof WorkOutcome.Continues; i++) {
            outcome = engine.advance(session, bench.recorder());
        }
        return outcome;
    }

    /** The first segment works, and its successor waits in the queue. */
    private void queueSuccessor() {
        advance();
        queue.runs(0);
        advance();
        clock.pause(LIMIT.minus(AHEAD));
        advance();
        assertThat(queue.submitted).hasSize(2);
    }

    @Test
    void theNextSegmentIsQueuedWhenTheTimeLimitIsNearAndNotBefore() throws IOException {
        advance();
        queue.runs(0);
        advance();
        clock.pause(LIMIT.minus(AHEAD).minusSeconds(60));
        advance();
        assertThat(queue.submitted).hasSize(1);
        clock.pause(Duration.ofSeconds(60));
        advance();
        clock.pause(Duration.ofMinutes(30));
        advance();
        assertThat(queue.submitted).hasSize(2);
        assertThat(queue.folder(1).predecessor())
                .hasContent(queue.submitted.get(0).token() + "/attempts/0\n");
        assertThat(bench.ledger.attempts(bench.scope))
                .extracting(AttemptEntry::number, AttemptEntry::state, AttemptEntry::predecessor)
                .containsExactly(
                        tuple(1, AttemptState.OPEN, Optional.empty()),
                        tuple(
                                2,
                                AttemptState.OPEN,
                                Optional.of(queue.submitted.get(0).element(0))));
        assertThat(queue.stops).isEmpty();
    }

    @Test
    void aSuccessorThatStartsHasItsPredecessorSaveAndLeaveAndGoesOn() throws IOException {
        queueSuccessor();
        queue.runs(1);
        advance();
        assertThat(queue.stops).containsExactly(queue.submitted.get(0).element(0));
        assertThat(queue.folder(1).released()).doesNotExist();
        queue.ends(0, EndState.CANCELLED, 0); // it did not leave within its grace
        advance();
        assertThat(queue.folder(1).released()).exists();
        queue.works(1);
        assertThat(advance()).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        assertThat(bench.states()).containsExactly(AttemptState.STOPPED, AttemptState.SUCCEEDED);
        assertThat(queue.submitted).hasSize(2);
    }

    @Test
    void aSuccessorOfAFinishedTrainingIsCancelledInTheQueue() {
        queueSuccessor();
        queue.works(0);
        assertThat(advance()).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        assertThat(queue.stops).containsExactly(queue.submitted.get(1).element(0));
        assertThat(bench.ledger.attempts(bench.scope))
                .extracting(AttemptEntry::state, AttemptEntry::stopReason)
                .containsExactly(
                        tuple(AttemptState.SUCCEEDED, Optional.empty()),
                        tuple(AttemptState.STOPPED, Optional.of(StopReason.NOT_NEEDED)));
    }

    @Test
    void aSuccessorGoesOnAfterTheLossOfANode() {
        queueSuccessor();
        queue.ends(0, EndState.NODE_FAILURE, -1);
        advance();
        assertThat(queue.folder(1).released()).exists();
        assertThat(queue.stops).isEmpty();
        assertThat(queue.submitted).hasSize(2);
    }

    @Test
    void whatNeedsMoreMemoryDoesNotGoOnInASuccessorThatAskedForLess() throws IOException {
        queueSuccessor();
        queue.ends(0, EndState.OUT_OF_MEMORY, -1);
        advance();
        assertThat(queue.stops).containsExactly(queue.submitted.get(1).element(0));
        assertThat(queue.folder(1).released()).doesNotExist();
        assertThat(queue.submitted).hasSize(3);
        assertThat(Files.readString(queue.submitted.get(2).script())).contains("#SBATCH --mem=200M");
        assertThat(queue.folder(2).predecessor()).doesNotExist();
    }

    @Test
    void aFailureForGoodEndsTheSuccessorToo() {
        queueSuccessor();
        queue.ends(0, EndState.FAILED, 70);
        assertThat(advance()).isInstanceOf(WorkOutcome.Failed.class);
        assertThat(queue.stops).containsExactly(queue.submitted.get(1).element(0));
        assertThat(queue.submitted).hasSize(2);
    }

    @Test
    void aControllerThatWasKilledIsReplacedByOneThatReleasesTheSuccessor() {
        queueSuccessor();
        newController();
        queue.ends(0, EndState.PREEMPTED, -1);
        advance();
        assertThat(queue.folder(1).released()).exists();
        newController();
        advance();
        assertThat(queue.submitted).hasSize(2);
        assertThat(queue.stops).isEmpty();
    }

    @Test
    void everySegmentIsRelayedInTurn() throws IOException {
        queueSuccessor();
        queue.ends(0, EndState.TIME_LIMIT, -1);
        queue.runs(1);
        advance();
        assertThat(queue.submitted).hasSize(2);
        clock.pause(LIMIT.minus(AHEAD));
        advance();
        assertThat(queue.submitted).hasSize(3);
        assertThat(queue.folder(2).predecessor())
                .hasContent(queue.submitted.get(1).token() + "/attempts/0\n");
    }

    @Test
    void aStopOfTheRunEndsBothSegments() {
        queueSuccessor();
        queue.endsWhenStopped = true;
        engine.stop(session);
        assertThat(queue.stops).hasSize(2);
        assertThat(bench.states()).containsOnly(AttemptState.STOPPED);
    }

    /** A queue in which nothing happens but what a test says. */
    private final class Queue implements Executor {
        final List<ArraySubmission> submitted = new ArrayList<>();
        final List<ElementId> stops = new ArrayList<>();
        boolean endsWhenStopped;
        private final Map<ElementId, Observation> seen = new LinkedHashMap<>();

        void runs(int position) {
            seen.put(submitted.get(position).element(0), new Observation.Running(0, "node1", clock.instant()));
        }

        void ends(int position, EndState state, int exitCode) {
            ElementId element = submitted.get(position).element(0);
            Optional<Instant> started = Optional.of(clock.instant());
            OptionalInt code = exitCode < 0 ? OptionalInt.empty() : OptionalInt.of(exitCode);
            seen.put(element, new Observation.Ended(0, state, code, started, clock.instant(), "as the test says"));
        }

        /** Its worker does the work, with the product's own code. */
        void works(int position) {
            AttemptFolder folder = folder(position);
            try {
                Files.createFile(folder.claim(0));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            int exitCode = new Worker(
                            new TaskRegistry(Map.of(
                                    TaskKind.TRAIN_MODEL,
                                    () -> context -> Files.writeString(
                                            context.pendingOutput().resolve("weights"), "trained"))),
                            kind -> "test",
                            clock,
                            Duration.ofHours(1))
                    .run(WorkerArguments.parse(List.of(
                            "--order",
                            folder.order().toString(),
                            "--attempt-folder",
                            folder.path().toString(),
                            "--run",
                            "0")));
            ends(position, exitCode == 0 ? EndState.COMPLETED : EndState.FAILED, exitCode);
        }

        AttemptFolder folder(int position) {
            return new AttemptFolder(submitted.get(position).attempt(0));
        }

        @Override
        public SubmissionOutcome submit(ArraySubmission submission) {
            submitted.add(submission);
            return new SubmissionOutcome.Accepted("x" + submitted.size());
        }

        @Override
        public SearchOutcome find(ArraySubmission submission) {
            return new SearchOutcome.NoAnswer("nobody asks for this");
        }

        @Override
        public Duration quarantine() {
            return Duration.ofSeconds(60);
        }

        @Override
        public Map<ElementId, Observation> observe(Collection<ArraySubmission> submissions) {
            Map<ElementId, Observation> found = new HashMap<>();
            submissions.forEach(submission -> found.put(
                    submission.element(0),
                    seen.getOrDefault(submission.element(0), new Observation.Waiting("Priority"))));
            return found;
        }

        @Override
        public StopOutcome stop(ArraySubmission submission, Set<Integer> indices, Duration grace) {
            ElementId element = submission.element(0);
            stops.add(element);
            if (endsWhenStopped || !(seen.get(element) instanceof Observation.Running)) {
                seen.put(
                        element,
                        new Observation.Ended(
                                0,
                                EndState.CANCELLED,
                                OptionalInt.empty(),
                                Optional.empty(),
                                clock.instant(),
                                "cancelled"));
            }
            return new StopOutcome.Requested();
        }

        @Override
        public Duration observationInterval() {
            return Duration.ofMillis(250);
        }

        @Override
        public int maxElements() {
            return 100;
        }
    }
}
