package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.RankRecord;
import dev.mugv.model.run.WorkerExit;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.Observation.EndState;
import dev.mugv.slurm.script.WorkerArrayScript;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VerdictTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Optional<String> PUBLISHED = Optional.of("m1");
    private static final RankReports NONE = RankReports.none();

    @Test
    void threeWitnessesMakeASuccess() {
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), succeeded(0), PUBLISHED, NONE))
                .isEqualTo(new Verdict.Succeeded("m1"));
    }

    @ParameterizedTest
    @EnumSource(value = EndState.class, names = "COMPLETED", mode = EnumSource.Mode.EXCLUDE)
    void aWorkersSuccessIsSuspectWhateverElseTheExecutorSays(EndState state) {
        assertThat(Verdict.of("a", end(0, state, 1), succeeded(0), PUBLISHED, NONE))
                .isInstanceOf(Verdict.Suspect.class);
    }

    @Test
    void aSuccessWithoutItsManifestIsSuspectWithTheThreeFacts() {
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), succeeded(0), Optional.of("m2"), NONE))
                .isEqualTo(new Verdict.Suspect("exit record: SUCCEEDED in run 0 with exit code 0 and manifest m1;"
                        + " executor: COMPLETED in run 0 (detail); published manifest: m2"));
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), succeeded(0), Optional.empty(), NONE))
                .isInstanceOf(Verdict.Suspect.class);
    }

    @Test
    void theRecordOfAnotherRunProvesNothing() {
        assertThat(Verdict.of("a", end(1, EndState.COMPLETED, 0), succeeded(0), PUBLISHED, NONE))
                .isInstanceOf(Verdict.Suspect.class);
    }

    @Test
    void anExitWithZeroWithoutARecordIsSuspect() {
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), Optional.empty(), PUBLISHED, NONE))
                .isInstanceOf(Verdict.Suspect.class);
    }

    @Test
    void anExitWithZeroAgainstAFailureOnRecordIsSuspect() {
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), failed(FailureKind.DEFECT), Optional.empty(), NONE))
                .isInstanceOf(Verdict.Suspect.class);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void aFailureOnRecordHasItsOwnClassAndMessage(FailureKind kind) {
        assertThat(Verdict.of("a", end(0, EndState.FAILED, kind.exitCode()), failed(kind), Optional.empty(), NONE))
                .isEqualTo(new Verdict.Failed(FailureClass.of(kind), "Cannot x."));
    }

    @Test
    void theExecutorKnowsBetterWhenItEndedAnElementForItsMemory() {
        assertThat(Verdict.of(
                        "a", end(0, EndState.OUT_OF_MEMORY, 1), failed(FailureKind.DEFECT), Optional.empty(), NONE))
                .isEqualTo(new Verdict.Failed(FailureClass.OUT_OF_MEMORY, "Cannot x."));
    }

    @Test
    void aWorkerThatCouldNotWriteItsRecordIsBelievedByItsExitCode() {
        Verdict verdict = Verdict.of("a", end(0, EndState.FAILED, 66), Optional.empty(), Optional.empty(), NONE);
        assertThat(verdict)
                .isEqualTo(new Verdict.Failed(
                        FailureClass.RESOURCE_EXHAUSTED,
                        "Cannot finish 'a': it ended as RESOURCE_EXHAUSTED (detail) and left no exit record."
                                + " See the attempt's log."));
    }

    @Test
    void endsWithoutARecordHaveTheExecutorsClass() {
        assertThat(withoutRecord(EndState.FAILED, 137)).isEqualTo(FailureClass.KILLED);
        assertThat(withoutRecord(EndState.FAILED, 1)).isEqualTo(FailureClass.DEFECT);
        assertThat(withoutRecord(EndState.NODE_FAILURE, 0)).isEqualTo(FailureClass.NODE_FAILURE);
        assertThat(withoutRecord(EndState.PREEMPTED, 0)).isEqualTo(FailureClass.PREEMPTED);
        assertThat(withoutRecord(EndState.TIME_LIMIT, 0)).isEqualTo(FailureClass.TIME_LIMIT);
        assertThat(withoutRecord(EndState.CANCELLED, 0)).isEqualTo(FailureClass.CANCELLED);
        assertThat(withoutRecord(EndState.LOST, 0)).isEqualTo(FailureClass.LOST);
    }

    @Test
    void aDuplicateCopysEndIsNoWordAboutTheWork() {
        assertThat(Verdict.of("a", end(0, EndState.FAILED, 73), Optional.empty(), Optional.empty(), NONE))
                .isInstanceOf(Verdict.Suspect.class);
    }

    @Test
    void aStoppedWorkerIsNoFailure() {
        assertThat(Verdict.of(
                        "a",
                        end(0, EndState.FAILED, 72),
                        record(ExitRecord.Outcome.STOPPED, null, 0),
                        Optional.empty(),
                        NONE))
                .isEqualTo(new Verdict.Stopped("Cannot x."));
    }

    @Test
    void theRunOfARelayThatHadNothingToDoIsNoFailure() {
        assertThat(Verdict.of("a", end(0, EndState.FAILED, 75), Optional.empty(), Optional.empty(), NONE))
                .isInstanceOf(Verdict.Stopped.class);
    }

    @Test
    void theScriptsExitCodesAreTheWorkers() {
        assertThat(WorkerArrayScript.EXHAUSTED).isEqualTo(FailureKind.RESOURCE_EXHAUSTED.exitCode());
        assertThat(WorkerArrayScript.DUPLICATE_RUN).isEqualTo(WorkerExit.DUPLICATE_RUN.code());
        assertThat(WorkerArrayScript.SUPERSEDED).isEqualTo(WorkerExit.SUPERSEDED.code());
        assertThat(WorkerArrayScript.RELAYED).isEqualTo(WorkerExit.RELAYED.code());
        assertThat(WorkerArrayScript.STOPPED).isEqualTo(WorkerExit.STOPPED.code());
    }

    @Test
    void aSuccessOfSeveralRanksNeedsTheRecordOfEveryOne() {
        RankReports two = new RankReports(2, List.of(rank(0, null), rank(1, null)));
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), succeeded(0), PUBLISHED, two))
                .isEqualTo(new Verdict.Succeeded("m1"));
        RankReports one = new RankReports(2, List.of(rank(0, null)));
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), succeeded(0), PUBLISHED, one))
                .isInstanceOfSatisfying(
                        Verdict.Suspect.class,
                        suspect -> assertThat(suspect.facts()).endsWith("ranks that reported success: 1 of 2"));
        RankReports failed = new RankReports(2, List.of(rank(0, null), rank(1, FailureKind.CORRUPT)));
        assertThat(Verdict.of("a", end(0, EndState.COMPLETED, 0), succeeded(0), PUBLISHED, failed))
                .isInstanceOf(Verdict.Suspect.class);
    }

    /** srun kills rank 0 when another fails, so its exit record is missing and its code says nothing of the cause. */
    @Test
    void theFailureOfARankIsTheAttemptsWhereRankZeroWasKilledForIt() {
        RankReports ranks = new RankReports(2, List.of(rank(1, FailureKind.INVALID_REQUEST)));
        assertThat(Verdict.of("a", end(0, EndState.FAILED, 137), Optional.empty(), Optional.empty(), ranks))
                .isEqualTo(new Verdict.Failed(FailureClass.BAD_INPUT, "Cannot y. (rank 1 of 2, on node2)"));
        assertThat(Verdict.of("a", end(0, EndState.OUT_OF_MEMORY, 0), Optional.empty(), Optional.empty(), ranks))
                .isInstanceOfSatisfying(
                        Verdict.Failed.class,
                        failed -> assertThat(failed.failure()).isEqualTo(FailureClass.OUT_OF_MEMORY));
    }

    private static RankRecord rank(int number, FailureKind failure) {
        return new RankRecord(
                RankRecord.FORMAT_VERSION,
                "0".repeat(32),
                0,
                0,
                number,
                2,
                failure == null ? ExitRecord.Outcome.SUCCEEDED : ExitRecord.Outcome.FAILED,
                failure,
                failure == null ? null : "Cannot y.",
                "node" + (number + 1),
                1,
                NOW,
                NOW,
                0);
    }

    private static FailureClass withoutRecord(EndState state, int exitCode) {
        return ((Verdict.Failed) Verdict.of("a", end(0, state, exitCode), Optional.empty(), Optional.empty(), NONE))
                .failure();
    }

    private static Observation.Ended end(int run, EndState state, int exitCode) {
        return new Observation.Ended(run, state, OptionalInt.of(exitCode), Optional.of(NOW), NOW, "detail");
    }

    private static Optional<ExitRecord> succeeded(int run) {
        return record(ExitRecord.Outcome.SUCCEEDED, null, run);
    }

    private static Optional<ExitRecord> failed(FailureKind kind) {
        return record(ExitRecord.Outcome.FAILED, kind, 0);
    }

    private static Optional<ExitRecord> record(ExitRecord.Outcome outcome, FailureKind kind, int run) {
        return Optional.of(new ExitRecord(
                ExitRecord.FORMAT_VERSION,
                "0".repeat(32),
                0,
                1,
                run,
                outcome,
                kind,
                outcome == ExitRecord.Outcome.SUCCEEDED ? null : "Cannot x.",
                outcome == ExitRecord.Outcome.SUCCEEDED ? "m1" : null,
                "node1",
                1,
                NOW,
                NOW,
                kind == null ? 0 : kind.exitCode()));
    }
}
