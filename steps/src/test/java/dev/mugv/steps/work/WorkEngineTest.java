package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.Observation.EndState;
import dev.mugv.steps.database.PostgresFixture;
import dev.mugv.steps.work.InProcessExecutor.SubmissionFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WorkEngineTest {
    @RegisterExtension
    static final PostgresFixture postgres = PostgresFixture.migrated();

    @TempDir
    Path workspace;

    private final ManualClock clock = new ManualClock();
    private final Set<String> badOnes = new HashSet<>();
    private FailureKind kindOfBad = FailureKind.INVALID_REQUEST;
    private final Set<String> timeless = new HashSet<>();
    private InProcessExecutor executor;
    private Bench bench;

    @BeforeEach
    void makesExecutor() {
        executor = new InProcessExecutor(this::work, clock);
        bench = bench(WorkListener.silent());
    }

    private Bench bench(WorkListener listener) {
        return new Bench(
                postgres.dataSource(), workspace, executor, Bench.inProcess(), Bench.surroundings(clock, listener));
    }

    private void work(String name, TaskContext context) throws IOException {
        if (badOnes.contains(name)) {
            throw new WorkFailure(kindOfBad, "Cannot decode '%s': no video stream. Remove it.".formatted(name));
        }
        if (timeless.contains(name)) {
            WorkOrder order = context.order();
            Files.writeString(
                    AttemptFolder.of(workspace, order.token(), order.index()).stopFile(), "time-limit run 0\n");
            throw new StopRequestedException("stopped before anything was saved");
        }
        Files.writeString(context.pendingOutput().resolve("result.txt"), name);
    }

    @Test
    void runsEveryPieceOnceInDenseArraysAndRecordsThemInPlanOrder() {
        WorkOutcome outcome = bench.run(Tolerance.NONE, "a", "b", "c", "d");
        assertThat(outcome).isEqualTo(new WorkOutcome.Completed(4, 0, 0));
        assertThat(executor.starts).containsExactlyInAnyOrder("a", "b", "c", "d");
        // Both submissions are prepared at one instant of the test's clock: their tokens, which are random, order them.
        assertThat(executor.accepted)
                .extracting(submission -> submission.elements())
                .containsExactlyInAnyOrder(3, 1);
        assertThat(bench.recorded).containsExactly("a", "b", "c", "d");
        assertThat(bench.states()).containsOnly(AttemptState.SUCCEEDED).hasSize(4);
    }

    @Test
    void whatIsPublishedIsNotSubmittedAgainButRecorded() {
        bench.run(Tolerance.NONE, "a", "b");
        WorkOutcome again = bench.run(Tolerance.NONE, "a", "b", "c");
        assertThat(again).isEqualTo(new WorkOutcome.Completed(3, 2, 0));
        assertThat(executor.starts).containsExactly("a", "b", "c");
        assertThat(bench.recorded).containsExactly("a", "b", "a", "b", "c");
    }

    @Test
    void piecesOfEqualContentAreWorkedOnOnce() {
        bench.run(Tolerance.NONE, "a:first", "a:second");
        assertThat(executor.starts).containsExactly("a");
        assertThat(bench.recorded).containsExactly("a:first", "a:second");
    }

    @Test
    void aKilledAttemptIsTriedAgainAsANewOne() {
        executor.ends.add(end -> killedBeforeItsRecord(end));
        WorkOutcome outcome = bench.run(Tolerance.NONE, "a", "b");
        assertThat(outcome).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(bench.ledger.attempts(bench.scope))
                .extracting(AttemptEntry::label, AttemptEntry::number, AttemptEntry::state, AttemptEntry::failure)
                .contains(
                        org.assertj.core.api.Assertions.tuple(
                                "a", 1, AttemptState.FAILED, java.util.Optional.of(FailureClass.KILLED)),
                        org.assertj.core.api.Assertions.tuple(
                                "a", 2, AttemptState.SUCCEEDED, java.util.Optional.empty()));
        assertThat(bench.tokens()).hasSize(2);
    }

    @Test
    void whatBeginsAgainAfterItsTimeLimitIsGivenTwiceTheTimeAndFailsForGoodAfterThreeDoublings() throws IOException {
        timeless.add("a");
        WorkOutcome outcome = bench.run(Tolerance.NONE, "a");
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        WorkOutcome.Failed.class,
                        failed -> assertThat(failed.failure().text())
                                .startsWith("Cannot finish 'a' within its time limit"));
        assertThat(bench.states()).containsOnly(AttemptState.FAILED).hasSize(4);
        List<String> limits = new ArrayList<>();
        for (ArraySubmission submission : executor.accepted) {
            limits.addAll(Files.readAllLines(submission.script()).stream()
                    .filter(line -> line.startsWith("#SBATCH --time="))
                    .toList());
        }
        assertThat(limits)
                .containsExactly(
                        "#SBATCH --time=7-00:00:00",
                        "#SBATCH --time=14-00:00:00",
                        "#SBATCH --time=28-00:00:00",
                        "#SBATCH --time=56-00:00:00");
    }

    @Test
    void allArraysOfAStepTogetherRunAsManyElementsAtOnceAsOneWould() {
        bench.run(Tolerance.NONE, "a", "b", "c", "d", "e", "f", "g");
        // Two at once are allowed, and three arrays must do with at least one each.
        assertThat(executor.accepted).extracting(ArraySubmission::parallel).containsExactly(1, 1, 1);
    }

    @Test
    void noMoreElementsAreHandedOverAtOnceThanAUserMayHaveInTheQueue() {
        executor.maxQueued = 4;
        assertThat(bench.run(Tolerance.NONE, "a", "b", "c", "d", "e", "f", "g", "h", "i"))
                .isEqualTo(new WorkOutcome.Completed(9, 0, 0));
        assertThat(executor.mostQueued).isEqualTo(4);
        assertThat(executor.starts).hasSize(9);
    }

    @Test
    void onlyWhatFailedIsTriedAgainPackedIntoADenseArray() {
        executor.lostNodes.add("node1");
        executor.lostNodes.add("node2");
        assertThat(bench.run(Tolerance.NONE, "a", "b", "c", "d", "e")).isEqualTo(new WorkOutcome.Completed(5, 0, 0));
        assertThat(executor.starts).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
        List<AttemptEntry> again = bench.ledger.attempts(bench.scope).stream()
                .filter(attempt -> attempt.number() == 2)
                .toList();
        assertThat(again).extracting(attempt -> attempt.element().index()).containsExactly(0, 1);
        assertThat(again)
                .extracting(attempt -> attempt.element().token())
                .containsOnly(again.get(0).element().token());
    }

    @Test
    void aToleratedPieceIsReportedByNameAndStaysDecidedInLaterExecutions() {
        badOnes.add("b");
        WorkOutcome outcome = bench.run(Tolerance.BAD_INPUT, "a", "b", "c");
        assertThat(outcome).isEqualTo(new WorkOutcome.Completed(3, 0, 1));
        assertThat(bench.recorded).containsExactly("a", "c");
        assertThat(bench.failures).containsExactly("b: Cannot decode 'b': no video stream. Remove it.");
        bench.run(Tolerance.BAD_INPUT, "a", "b", "c");
        assertThat(executor.starts).containsExactly("a", "b", "c");
    }

    @Test
    void aTrialThatDivergedIsLeftOutAndStaysDecidedOnlyWhereThatIsTolerated() {
        badOnes.add("b");
        kindOfBad = FailureKind.DIVERGED;
        assertThat(bench.run(Tolerance.DIVERGED, "a", "b", "c")).isEqualTo(new WorkOutcome.Completed(3, 0, 1));
        assertThat(bench.recorded).containsExactly("a", "c");
        bench.run(Tolerance.DIVERGED, "a", "b", "c");
        assertThat(executor.starts).containsExactly("a", "b", "c");
        // To what tolerates bad input alone it is a failure of the step.
        assertThat(Bench.failure(bench.run(Tolerance.BAD_INPUT, "a", "b", "c")).kind())
                .isEqualTo(FailureKind.DIVERGED);
    }

    @Test
    void aStepWhoseEveryPieceIsBadFailsEvenWhenTheyAreTolerated() {
        badOnes.add("a");
        assertThat(Bench.failure(bench.run(Tolerance.BAD_INPUT, "a")))
                .hasMessage("Cannot decode 'a': no video stream. Remove it.");
    }

    @Test
    void aFailureThatIsNotToleratedFailsTheStepAfterTheRestIsDone() {
        badOnes.add("a");
        WorkFailure failure = Bench.failure(bench.run(Tolerance.NONE, "a", "b"));
        assertThat(failure.kind()).isEqualTo(FailureKind.INVALID_REQUEST);
        assertThat(failure).hasMessage("Cannot decode 'a': no video stream. Remove it.");
        assertThat(bench.recorded).isEmpty();
        assertThat(executor.starts).containsExactly("a", "b");
        // The next execution tries the bad one again, as a person may have done something, and not the other.
        badOnes.clear();
        bench.run(Tolerance.NONE, "a", "b");
        assertThat(executor.starts).containsExactly("a", "b", "a");
    }

    @Test
    void anAttemptThatRanOutOfMemoryIsTriedWithTwiceAsMuch() {
        executor.ends.add(end -> withoutRecord(
                InProcessExecutor.endsAs(EndState.OUT_OF_MEMORY, 137).apply(end)));
        bench.run(Tolerance.NONE, "a");
        assertThat(bench.ledger.attempts(bench.scope))
                .extracting(AttemptEntry::memoryMebibytes)
                .containsExactly(100, 200);
        assertThat(executor.accepted.get(1).script()).content().contains("#SBATCH --mem=200M");
    }

    @Test
    void aMissingExitRecordIsSuspectAndNeverSuccess() {
        executor.ends.add(WorkEngineTest.this::withoutRecord);
        WorkOutcome outcome = bench.run(Tolerance.NONE, "a");
        assertThat(bench.states()).containsExactly(AttemptState.SUSPECT, AttemptState.SUCCEEDED);
        assertThat(bench.ledger.attempts(bench.scope).get(0).message().orElseThrow())
                .startsWith("Cannot trust the end of 'a': the witnesses disagree (exit record: none;"
                        + " executor: COMPLETED in run 0 (exit status 0); published manifest: ");
        // The second attempt's worker found the result published, verified it and did not work again.
        assertThat(outcome).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(executor.starts).containsExactly("a");
    }

    @Test
    void aManifestThatIsNotTheRecordsIsSuspectAndADamagedArtifactIsNotPassedOver() {
        executor.ends.add(end -> {
            publishedFolders().forEach(folder -> write(folder.resolve("manifest.json"), "{}"));
            return end;
        });
        WorkFailure failure = Bench.failure(bench.run(Tolerance.NONE, "a"));
        assertThat(bench.states()).containsExactly(AttemptState.SUSPECT, AttemptState.FAILED);
        assertThat(failure.kind()).isEqualTo(FailureKind.CORRUPT);
        assertThat(failure).hasMessageContaining("manifest.json").hasMessageContaining("Restore the file or delete it");
    }

    @Test
    void anExecutorsFailureAgainstTheWorkersSuccessIsSuspectAndTwiceFailsTheStep() {
        executor.ends.add(InProcessExecutor.endsAs(EndState.FAILED, 137));
        executor.ends.add(InProcessExecutor.endsAs(EndState.NODE_FAILURE, 137));
        WorkFailure failure = Bench.failure(bench.run(Tolerance.NONE, "a"));
        assertThat(failure.kind()).isEqualTo(FailureKind.OUTCOME_UNKNOWN);
        assertThat(bench.states()).containsExactly(AttemptState.SUSPECT, AttemptState.SUSPECT);
    }

    @Test
    void aSubmissionThatTimedOutButWasAcceptedIsFoundAndNotRepeated() {
        executor.submissionFaults.add(SubmissionFault.TIMED_OUT_BUT_ACCEPTED);
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.accepted).hasSize(1);
        assertThat(executor.starts).containsExactly("a");
    }

    @Test
    void aSubmissionThatWasLostIsRepeatedOnlyPastTheQuarantine() {
        executor.submissionFaults.add(SubmissionFault.TIMED_OUT_AND_LOST);
        Instant before = clock.instant();
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.starts).containsExactly("a");
        assertThat(Duration.between(before, clock.instant())).isGreaterThanOrEqualTo(executor.quarantine);
        assertThat(bench.tokens()).hasSize(1);
    }

    @Test
    void noAnswerToASearchIsNeverAbsence() {
        executor.submissionFaults.add(SubmissionFault.TIMED_OUT_BUT_ACCEPTED);
        for (int search = 1; search <= 1000; search++) {
            executor.searchesWithoutAnswer.add(search); // 250 s, past the quarantine
        }
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.accepted).hasSize(1);
        assertThat(executor.searches).isGreaterThan(1000);
    }

    @Test
    void aRefusedSubmissionFailsTheStepWithTheReason() {
        executor.submissionFaults.add(SubmissionFault.REFUSED);
        assertThat(Bench.failure(bench.run(Tolerance.NONE, "a", "b")))
                .hasMessage("Cannot submit step 'curate': the executor refused it (Invalid partition name specified)."
                        + " Remove the cause and give the command again. (2 of 2 pieces of step 'curate' failed.)");
        assertThat(executor.starts).isEmpty();
    }

    @Test
    void aRefusalInUnknownWordsIsTriedAgainAndThenFailsTheStepWithItsWords() {
        for (int tries = 0; tries < 10; tries++) {
            executor.submissionFaults.add(SubmissionFault.REFUSED_IN_UNKNOWN_WORDS);
        }
        assertThat(Bench.failure(bench.run(Tolerance.NONE, "a")))
                .hasMessage("Cannot submit step 'curate': the executor refused it (The moon is in the wrong phase)."
                        + " Remove the cause and give the command again.");
        assertThat(executor.submissionFaults).hasSize(7);
        assertThat(executor.starts).isEmpty();
    }

    @Test
    void aRefusalInUnknownWordsThatPassesIsNoFailure() {
        executor.submissionFaults.add(SubmissionFault.REFUSED_IN_UNKNOWN_WORDS);
        executor.submissionFaults.add(SubmissionFault.REFUSED_IN_UNKNOWN_WORDS);
        bench.run(Tolerance.NONE, "a");
        assertThat(executor.starts).containsExactly("a");
        assertThat(bench.states()).containsExactly(AttemptState.SUCCEEDED);
    }

    /** Four pieces in arrays of three and one, two at a time: the array of one has a share of one; alone it would have two. */
    @Test
    void whenAnArrayEndsTheOthersTakeOverItsShare() {
        executor.heldNames.addAll(List.of("a", "b"));
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a", "b", "c", "d"), Tolerance.NONE);
        for (int step = 0; step < 60; step++) {
            engine.advance(session, bench.recorder());
        }
        assertThat(executor.throttles).containsExactly(2);
        assertThat(bench.ledger.submissions(bench.scope))
                .filteredOn(row -> row.elements() == 3)
                .singleElement()
                .satisfies(row -> assertThat(row.parallel()).isEqualTo(2));
        executor.heldNames.clear();
        bench.run(Tolerance.NONE, "a", "b", "c", "d");
        assertThat(bench.states()).containsOnly(AttemptState.SUCCEEDED);
    }

    @Test
    void aFolderThatCannotBeWrittenFailsTheStepBeforeAnythingIsHandedOver() throws IOException {
        Files.writeString(workspace.resolve("submissions"), "a file where the folder should be");
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a"), Tolerance.NONE);
        engine.advance(session, bench.recorder());
        assertThatThrownBy(() -> engine.advance(session, bench.recorder()))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot write submission '" + workspace.resolve("submissions"))
                .hasMessageEndingWith("Make room or give access, then give the command again.");
        assertThat(executor.accepted).isEmpty();
        Files.delete(workspace.resolve("submissions"));
        bench.run(Tolerance.NONE, "a");
        assertThat(bench.states()).containsExactlyInAnyOrder(AttemptState.STOPPED, AttemptState.SUCCEEDED);
    }

    @Test
    void noAnswerAboutAnElementIsNoEnd() {
        executor.answers = false;
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a"), Tolerance.NONE);
        for (int i = 0; i < 50; i++) {
            assertThat(engine.advance(session, bench.recorder())).isInstanceOf(WorkOutcome.Continues.class);
        }
        assertThat(bench.states()).containsExactly(AttemptState.OPEN);
        executor.answers = true;
        bench.run(Tolerance.NONE, "a");
        assertThat(bench.states()).containsExactly(AttemptState.SUCCEEDED);
    }

    @Test
    void aStoppedStepGoesOnLaterWithoutARetrySpent() {
        executor.holdsEverything = true;
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a", "b"), Tolerance.NONE);
        for (int i = 0; i < 10; i++) {
            engine.advance(session, bench.recorder());
        }
        engine.stop(session);
        assertThat(bench.states()).containsExactly(AttemptState.STOPPED, AttemptState.STOPPED);
        assertThat(executor.stopRequests()).isEqualTo(2);
        executor.holdsEverything = false;
        assertThat(bench.run(Tolerance.NONE, "a", "b")).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(bench.ledger.attempts(bench.scope))
                .extracting(AttemptEntry::failure)
                .containsOnly(java.util.Optional.empty());
    }

    @Test
    void aWorkerThatStoppedByItselfGoesOnInANewAttempt() {
        executor = new InProcessExecutor(
                (name, context) -> {
                    if (executor.starts.size() < 3) {
                        throw new StopRequestedException("saved at update " + executor.starts.size());
                    }
                },
                clock);
        bench = bench(WorkListener.silent());
        assertThat(bench.run(Tolerance.NONE, "a")).isInstanceOf(WorkOutcome.Completed.class);
        assertThat(bench.states()).containsExactly(AttemptState.STOPPED, AttemptState.STOPPED, AttemptState.SUCCEEDED);
    }

    @Test
    void aWorkerThatLeftInOrderBecauseSomebodyCancelledItIsNotTriedAgain() {
        executor = new InProcessExecutor(
                (name, context) -> {
                    if (executor.starts.size() == 1) {
                        throw new StopRequestedException("saved");
                    }
                },
                clock);
        executor.ends.add(InProcessExecutor.endsAs(EndState.CANCELLED, 72));
        bench = bench(WorkListener.silent());
        assertThat(Bench.failure(bench.run(Tolerance.NONE, "a")))
                .hasMessageStartingWith("Cannot finish 'a': somebody cancelled it, not mugv");
        assertThat(bench.ledger.attempts(bench.scope).get(0).failure()).contains(FailureClass.CANCELLED);
        assertThat(bench.run(Tolerance.NONE, "a"))
                .as("the command given again goes on")
                .isInstanceOf(WorkOutcome.Completed.class);
    }

    @Test
    void aWorkerWithoutProgressIsStoppedAndTriedOnceMore() {
        executor.holdsEverything = true;
        WorkFailure failure = Bench.failure(bench.run(Tolerance.NONE, "a"));
        assertThat(failure).hasMessage("Cannot finish 'a': no progress for 2 minutes. See the attempt's log.");
        assertThat(bench.states()).containsExactly(AttemptState.FAILED, AttemptState.FAILED);
    }

    @Test
    void workThatIsNoLongerPlannedIsStoppedAndNotRecorded() {
        executor.holdsEverything = true;
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("old"), Tolerance.NONE);
        for (int i = 0; i < 10; i++) {
            engine.advance(session, bench.recorder());
        }
        bench = bench(new WorkListener() {
            @Override
            public void progressed(WorkProgress progress) {}

            @Override
            public void changed(StepScope scope, String line) {
                executor.holdsEverything &= !line.contains("asked to stop: NOT_PLANNED");
            }
        });
        assertThat(bench.run(Tolerance.NONE, "new")).isEqualTo(new WorkOutcome.Completed(1, 0, 0));
        assertThat(bench.states()).containsExactlyInAnyOrder(AttemptState.STOPPED, AttemptState.SUCCEEDED);
        assertThat(bench.recorded).containsExactly("new");
    }

    /** The controller dies after each persisted change in turn; the next one ends the work, and none runs twice. */
    @Test
    void noAttemptRunsTwiceWhereverTheControllerDies() {
        for (int death = 1; ; death++) {
            executor = new InProcessExecutor(this::work, clock);
            List<String> changes = new ArrayList<>();
            int last = death;
            Path folder = create("death-" + death);
            Bench dying = new Bench(
                    postgres.dataSource(),
                    folder,
                    executor,
                    Bench.inProcess(),
                    Bench.surroundings(clock, new DyingListener(changes, last)));
            boolean died = false;
            try {
                dying.run(Tolerance.NONE, "a", "b", "c", "d");
            } catch (ControllerDeath e) {
                died = true;
            }
            Bench next = new Bench(
                    postgres.dataSource(),
                    folder,
                    executor,
                    Bench.inProcess(),
                    Bench.surroundings(clock, WorkListener.silent()));
            assertThat(next.run(Tolerance.NONE, "a", "b", "c", "d"))
                    .as("death %d", death)
                    .isInstanceOf(WorkOutcome.Completed.class);
            assertThat(executor.starts).as("death %d", death).containsExactlyInAnyOrder("a", "b", "c", "d");
            assertThat(next.states()).doesNotContain(AttemptState.OPEN, AttemptState.FAILED, AttemptState.SUSPECT);
            if (!died) {
                assertThat(death).as("deaths tried").isGreaterThan(10);
                return;
            }
        }
    }

    @Test
    void aSecondControllerIsStoppedByItsFirstChange() {
        WorkEngine engine = bench.engine();
        WorkSession session = engine.open("curate", 1, Bench.planner("a"), Tolerance.NONE);
        engine.advance(session, bench.recorder());
        bench.run(Tolerance.NONE, "a");
        assertThatThrownBy(() -> engine.advance(session, bench.recorder()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("was changed by somebody else");
    }

    private dev.mugv.slurm.executor.Observation.Ended killedBeforeItsRecord(
            dev.mugv.slurm.executor.Observation.Ended end) {
        publishedFolders().forEach(WorkEngineTest::deleteTree);
        return withoutRecord(InProcessExecutor.endsAs(EndState.FAILED, 137).apply(end));
    }

    private dev.mugv.slurm.executor.Observation.Ended withoutRecord(dev.mugv.slurm.executor.Observation.Ended end) {
        try (Stream<Path> files = Files.walk(workspace.resolve("submissions"))) {
            for (Path file : files.filter(path -> path.endsWith("exit-0.json")).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return end;
    }

    private List<Path> publishedFolders() {
        try (Stream<Path> folders = Files.list(workspace.resolve("artifacts/curate-video"))) {
            return folders.toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void deleteTree(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Path create(String name) {
        try {
            return Files.createDirectories(workspace.resolve(workspace.getFileName() + name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static final class ControllerDeath extends Error {
        private static final long serialVersionUID = 1L;
    }

    private record DyingListener(List<String> changes, int last) implements WorkListener {
        @Override
        public void progressed(WorkProgress progress) {}

        @Override
        public void changed(StepScope scope, String line) {
            changes.add(line);
            if (changes.size() == last) {
                throw new ControllerDeath();
            }
        }
    }
}
