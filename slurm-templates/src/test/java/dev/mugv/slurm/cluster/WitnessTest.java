package dev.mugv.slurm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.AccountingRow;
import dev.mugv.slurm.client.ExitStatus;
import dev.mugv.slurm.client.JobState;
import dev.mugv.slurm.client.QueueRow;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.Observation.EndState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class WitnessTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_367_400);
    private static final ExitStatus ZERO = new ExitStatus(0, 0);

    @Test
    void theControllersWordWithItsRestartCountIsBelievedAtOnceWhereItStands() {
        Witness.Finding.Over over = over(testimony(queue(JobState.COMPLETED, 2, ZERO), List.of(claim(2, "7"))));
        assertThat(over.patience()).isEqualTo(Witness.Patience.NONE);
        assertThat(over.end().run()).isEqualTo(2);
        assertThat(over.end().state()).isEqualTo(EndState.COMPLETED);
        assertThat(over.end().exitCode()).isEqualTo(OptionalInt.of(0));
    }

    @Test
    void whatSlurmMayStillReviseIsHeld() {
        for (JobState state : List.of(JobState.FAILED, JobState.NODE_FAIL, JobState.PREEMPTED, JobState.BOOT_FAIL)) {
            assertThat(over(testimony(queue(state, 0, ZERO), List.of(claim(0, "7"))))
                            .patience())
                    .as(state.name())
                    .isEqualTo(Witness.Patience.REVISABLE);
        }
    }

    @Test
    void aCompletedJobWhoseScriptNeverBeganIsAFailureOfItsNode() {
        Witness.Finding.Over over = over(testimony(queue(JobState.COMPLETED, 0, ZERO), List.of()));
        assertThat(over.end().state()).isEqualTo(EndState.NODE_FAILURE);
        assertThat(over.patience()).isEqualTo(Witness.Patience.REVISABLE);
        assertThat(over.end().detail()).endsWith("but its script never began");
    }

    @Test
    void aRunThatAnotherSlurmJobClaimedIsNotVouchedFor() {
        Witness.Finding.Over over = over(testimony(queue(JobState.COMPLETED, 0, ZERO), List.of(claim(0, "99"))));
        assertThat(over.end().state()).isEqualTo(EndState.UNRECOGNISED);
    }

    @Test
    void aStateThatIsNotKnownIsNoAnswer() {
        QueueRow row = new QueueRow(
                "mugv-x",
                "6",
                OptionalInt.of(0),
                "7",
                Optional.empty(),
                "NEW",
                0,
                NOW,
                Optional.empty(),
                Optional.empty(),
                "",
                ZERO,
                "");
        assertThat(((Witness.Finding.Alive) Witness.hear(testimony(Optional.of(row), List.of()), NOW)).observation())
                .isInstanceOf(Observation.NoAnswer.class);
    }

    @Test
    void accountingIsAskedOnlyForWhatTheControllerHasForgotten() {
        assertThat(Witness.hear(testimony(Optional.empty(), List.of()), NOW))
                .isEqualTo(new Witness.Finding.Forgotten());
    }

    @Test
    void theLastRunInAccountingIsToldByTheClaimThatItMade() {
        List<AccountingRow> runs = List.of(
                run(JobState.NODE_FAIL, NOW.minusSeconds(100), NOW.minusSeconds(80)),
                run(JobState.COMPLETED, NOW.minusSeconds(60), NOW.minusSeconds(10)));
        // Slurm forgot a record of run 1: counting records would call this one run 1.
        List<Claim> claims = List.of(
                new Claim(0, "7", "node1", NOW.minusSeconds(99)), new Claim(2, "7", "node2", NOW.minusSeconds(59)));
        Witness.Finding.Over over = over(fromAccounting(runs, claims, true));
        assertThat(over.end().run()).isEqualTo(2);
        assertThat(over.end().state()).isEqualTo(EndState.COMPLETED);
        assertThat(over.patience()).isEqualTo(Witness.Patience.REVISABLE);
    }

    @Test
    void aLastRunWithoutAClaimIsOneAfterTheLastThatHasOne() {
        List<AccountingRow> runs = List.of(
                run(JobState.REQUEUED, NOW.minusSeconds(100), NOW.minusSeconds(80)),
                run(JobState.NODE_FAIL, NOW.minusSeconds(60), NOW.minusSeconds(10)));
        List<Claim> claims = List.of(new Claim(0, "7", "node1", NOW.minusSeconds(99)));
        assertThat(over(fromAccounting(runs, claims, true)).end().run()).isEqualTo(1);
    }

    @Test
    void anEndOfAnEarlierRunIsNotTheEndOfTheLast() {
        List<AccountingRow> runs = List.of(
                run(JobState.NODE_FAIL, NOW.minusSeconds(100), NOW.minusSeconds(80)),
                run(JobState.RUNNING, NOW.minusSeconds(60), NOW));
        assertThat(fromAccounting(runs, List.of(claim(0, "7")), true)).isInstanceOf(Witness.Finding.Unaccounted.class);
    }

    @Test
    void withoutATraceItIsCancelledOnlyBesideKnownSiblingsAndWithoutAClaim() {
        Witness.Finding.Over over = over(fromAccounting(List.of(), List.of(), true));
        assertThat(over.end().state()).isEqualTo(EndState.CANCELLED);
        assertThat(over.end().startedAt()).isEmpty();
        assertThat(over.patience()).isEqualTo(Witness.Patience.NO_TRACE);
        assertThat(fromAccounting(List.of(), List.of(claim(0, "7")), true))
                .isInstanceOf(Witness.Finding.Unaccounted.class);
        assertThat(fromAccounting(List.of(), List.of(), false)).isInstanceOf(Witness.Finding.Unaccounted.class);
    }

    private static Testimony testimony(Optional<QueueRow> row, List<Claim> claims) {
        return new Testimony(row, false, List.of(), false, true, claims);
    }

    private static Witness.Finding fromAccounting(List<AccountingRow> runs, List<Claim> claims, boolean siblings) {
        return Witness.hear(new Testimony(Optional.empty(), false, runs, true, siblings, claims), NOW);
    }

    private static Witness.Finding.Over over(Testimony testimony) {
        return over(Witness.hear(testimony, NOW));
    }

    private static Witness.Finding.Over over(Witness.Finding finding) {
        return (Witness.Finding.Over) finding;
    }

    private static Optional<QueueRow> queue(JobState state, int restarts, ExitStatus exit) {
        return Optional.of(new QueueRow(
                "mugv-x",
                "6",
                OptionalInt.of(0),
                "7",
                Optional.of(state),
                state.name(),
                restarts,
                NOW.minusSeconds(90),
                Optional.of(NOW.minusSeconds(60)),
                Optional.of(NOW.minusSeconds(1)),
                "node1",
                exit,
                "None"));
    }

    private static AccountingRow run(JobState state, Instant from, Instant to) {
        return new AccountingRow(
                "mugv-x",
                "6",
                OptionalInt.of(0),
                "7",
                Optional.of(state),
                state.name(),
                ZERO,
                ZERO,
                from,
                Optional.of(from),
                Optional.of(to),
                "node1");
    }

    private static Claim claim(int run, String job) {
        return new Claim(run, job, "node1", NOW.minusSeconds(60));
    }
}
