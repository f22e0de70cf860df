package dev.mugv.jobs.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.config.ConfigurationFile;
import dev.mugv.jobs.config.PathCheck;
import dev.mugv.jobs.doctor.Finding.State;
import dev.mugv.model.config.SlurmExecution;
import dev.mugv.slurm.command.CommandResult;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterExaminationTest {
    private final Map<String, String> answers = new HashMap<>(Map.of(
            "--version", "slurm 22.05.8\n",
            "config", """
                    AccountingStorageType   = accounting_storage/slurmdbd
                    MaxArraySize            = 1001
                    MessageTimeout          = 10 sec
                    MinJobAge               = 300 sec
                    PreemptType             = preempt/qos
                    PreemptMode             = REQUEUE
                    KillWait                = 30 sec
                    """,
            "partition", "PartitionName=gpu AllowGroups=ALL GraceTime=120 Hidden=NO\n",
            "sacct", "",
            "sacctmgr", "lab||\n",
            "id", "me\n",
            "date", Instant.now().getEpochSecond() + "\n"));

    @Test
    void aClusterThatIsAsItMustBeHasNothingButOk() {
        assertThat(examine()).extracting(Finding::state).containsOnly(State.OK);
    }

    @Test
    void anOldSlurmIsAFailure() {
        answers.put("--version", "slurm 20.11.9\n");
        assertThat(found("Slurm's version").state()).isEqualTo(State.FAILED);
    }

    @Test
    void aProgramThatIsNotThereIsAFailureByItsName() {
        answers.remove("--version");
        assertThat(found("Slurm's programs").fact()).contains("sbatch").contains("srun");
    }

    @Test
    void aClusterWithoutAccountingIsAFailureAndASilentOneToo() {
        answers.remove("sacct");
        assertThat(found("accounting").fact()).isEqualTo("sacct does not answer");
        answers.put("config", "AccountingStorageType = (null)\n");
        assertThat(found("accounting").state()).isEqualTo(State.FAILED);
    }

    @Test
    void limitsThatAreLessThanArraysAreAWarningWithTheWayOut() {
        answers.put("sacctmgr", "lab||500\n");
        assertThat(found("MaxSubmitJobs").next()).contains("slurm.array-size");
    }

    @Test
    void aClockThatIsOffIsAWarning() {
        answers.put("date", (Instant.now().getEpochSecond() - 90) + "\n");
        assertThat(found("clock of the login node").state()).isEqualTo(State.WARNING);
    }

    @Test
    void preemptionWithoutGraceIsAWarning() {
        answers.put("partition", "PartitionName=gpu AllowGroups=ALL GraceTime=0 Hidden=NO\n");
        assertThat(found("preemption").fact()).contains("GraceTime 0 in gpu");
    }

    @Test
    void aSilentControllerEndsTheExaminationWithAFailure() {
        answers.remove("config");
        assertThat(found("slurmctld").state()).isEqualTo(State.FAILED);
    }

    private Finding found(String subject) {
        return examine().stream()
                .filter(each -> each.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    private List<Finding> examine() {
        SlurmExecution slurm = ConfigurationFile.read(Path.of("../ops/demo/demo.yaml"), PathCheck.SKIPPED)
                .slurm();
        return new ClusterExamination(
                        slurm,
                        (command, limit) -> answers.entrySet().stream()
                                .filter(each -> command.contains(each.getKey()))
                                .findFirst()
                                .<CommandResult>map(each -> new CommandResult.Finished(0, each.getValue(), ""))
                                .orElseGet(() -> new CommandResult.NoAnswer("nothing")))
                .findings();
    }
}
