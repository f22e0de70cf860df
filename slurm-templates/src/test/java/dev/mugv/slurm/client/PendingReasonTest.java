package dev.mugv.slurm.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.PendingReason.Outlook;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PendingReasonTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Priority; STARTS; higher priority",
                "Resources; STARTS; no node has enough free",
                "JobArrayTaskLimit; STARTS; slurm.parallel",
                "QOSMaxJobsPerUserLimit; STARTS; as many jobs at work as your QOS allows",
                "QOSMaxGRESPerUser; MAY_BE_STUCK; more than the QOS allows",
                "ReqNodeNotAvail, UnavailableNodes:node[1-2]; MAY_BE_STUCK; down, drained or reserved",
                "(ReqNodeNotAvail, May be reserved for other job); MAY_BE_STUCK; down, drained or reserved",
                "AssocGrpCPUMinutesLimit; MAY_BE_STUCK; all users of your account",
                "AssocGrpGRES; MAY_BE_STUCK; all users of your account",
                "BeginTime; STARTS; not start before",
                "Dependency; STARTS; another job must end first",
                "DependencyNeverSatisfied; STUCK; never end as it must",
                "JobHeldAdmin; STUCK; administrator has put it on hold",
                "JobHeldUser; STUCK; your account has put it on hold",
                "launch failed requeued held; STUCK; could not start it",
                "launch_failed_requeued_held; STUCK; could not start it",
                "PartitionConfig; STUCK; never gives",
                "ReservationDeleted; STUCK; reservation is gone",
                "Reservation; STARTS; has not begun",
                "SomethingNewIn2031; MAY_BE_STUCK; does not know"
            })
    void saysInPlainWordsWhyAJobWaits(String code, Outlook outlook, String words) {
        PendingReason reason = PendingReason.of(code);
        assertThat(reason.meaning()).contains(words);
        assertThat(reason.outlook()).isEqualTo(outlook);
        assertThat(reason.action()).endsWith(".");
    }

    @ParameterizedTest
    @CsvSource({
        "DependencyNeverSatisfied",
        "JobHeldAdmin",
        "PartitionConfig",
        "BadConstraints",
        "QOSMaxWallDurationPerJobLimit"
    })
    void whatWaitsForEverSaysWhoMustAct(String code) {
        assertThat(PendingReason.of(code).outlook()).isEqualTo(Outlook.STUCK);
        assertThat(PendingReason.of(code).action()).doesNotStartWith("Nothing");
    }
}
