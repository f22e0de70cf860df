package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.Observation.EndState;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pieces, retries and verdicts. */
class WorkEngineTest extends EngineFixture {
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
        executor.ends.add(this::withoutRecord);
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
}
