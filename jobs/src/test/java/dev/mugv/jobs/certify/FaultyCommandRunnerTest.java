package dev.mugv.jobs.certify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.certify.FaultFolder.Fault;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.command.CommandRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyCommandRunnerTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    @TempDir
    Path folder;

    private final List<String> reached = new ArrayList<>();
    private String answer = "17\n";
    private FaultFolder faults;
    private FaultyCommandRunner runner;

    @BeforeEach
    void makeRunner() {
        faults = new FaultFolder(folder);
        CommandRunner slurm = (command, limit) -> {
            reached.add(command.get(command.size() - 1));
            return new CommandResult.Finished(0, answer, "");
        };
        runner = new FaultyCommandRunner(slurm, faults, InstantSource.fixed(NOW));
    }

    @Test
    void withoutFaultsEverythingPasses() {
        assertThat(run("sbatch")).isEqualTo(new CommandResult.Finished(0, "17\n", ""));
        assertThat(reached).containsExactly("sbatch");
    }

    @Test
    void aTakenSubmissionReachesSlurmAndSaysThatItTimedOutOnce() {
        faults.put(Fault.SBATCH_TAKEN);
        assertThat(run("sbatch").toString()).contains("Socket timed out on send/recv operation");
        assertThat(reached).containsExactly("sbatch");
        assertThat(faults.isUsed(Fault.SBATCH_TAKEN)).isTrue();
        assertThat(run("sbatch")).isEqualTo(new CommandResult.Finished(0, "17\n", ""));
    }

    @Test
    void aHeldSubmissionReachesSlurmWhenItIsReleased() throws InterruptedException {
        faults.put(Fault.SBATCH_HELD);
        Thread caller = new Thread(() -> run("sbatch"));
        caller.start();
        while (!faults.isUsed(Fault.SBATCH_HELD)) {
            Thread.onSpinWait();
        }
        assertThat(reached).isEmpty();
        faults.release(Fault.SBATCH_HELD);
        caller.join();
        assertThat(reached).containsExactly("sbatch");
    }

    @Test
    void aLostSubmissionNeverReachesSlurmAndSaysTheSame() {
        faults.put(Fault.SBATCH_LOST);
        assertThat(run("sbatch").toString()).contains("Socket timed out on send/recv operation");
        assertThat(reached).isEmpty();
    }

    @Test
    void silenceIsNoAnswerUntilItEnds() {
        faults.put(Fault.SILENCE);
        assertThat(run("squeue")).isInstanceOf(CommandResult.NoAnswer.class);
        assertThat(reached).isEmpty();
        faults.remove(Fault.SILENCE);
        assertThat(run("squeue")).isInstanceOf(CommandResult.Finished.class);
    }

    @Test
    void aForgetfulQueueLeavesOutWhatIsOver() {
        answer = "a | 1 | RUNNING   |\nb | 2 | COMPLETED |\nc | 3 | OUT_OF_MEMORY |\n";
        faults.put(Fault.FORGETFUL_QUEUE);
        assertThat(((CommandResult.Finished) run("squeue")).out()).isEqualTo("a | 1 | RUNNING   |\n");
    }

    @Test
    void lateAccountingKeepsYoungEndsToItself() {
        long now = NOW.getEpochSecond();
        answer = "a|1_0|CANCELLED by 0|%d|%d|node1\nb|1_1|COMPLETED|%d|%d|node1\nc|1_2|RUNNING|%d|Unknown|node1\n"
                .formatted(now - 100, now - 5, now - 100, now - 60, now - 2);
        faults.put(Fault.ACCOUNTING_LATE);
        assertThat(((CommandResult.Finished) run("sacct")).out().lines().map(line -> line.substring(0, 1)))
                .containsExactly("b", "c");
    }

    @Test
    void silentAccountingIsAnError() {
        faults.put(Fault.ACCOUNTING_SILENT);
        assertThat(((CommandResult.Finished) run("sacct")).exitCode()).isEqualTo(1);
        assertThat(reached).isEmpty();
    }

    @Test
    void everyTransitionThatTheEngineSaysIsAPointToBeKilledAt() {
        String start = "run=certify step=certify ";
        assertThat(KillPoint.of(start + "pieces=3 up-to-date=0 open=0 planned")).contains(KillPoint.PLANNED);
        assertThat(KillPoint.of(start + "submission=ab elements=3 prepared")).contains(KillPoint.PREPARED);
        assertThat(KillPoint.of(start + "submission=ab elements=3 handing over"))
                .contains(KillPoint.HANDING_OVER);
        assertThat(KillPoint.of(start + "submission=ab absent past the quarantine, prepared again"))
                .contains(KillPoint.ABSENT);
        assertThat(KillPoint.of(start + "submission=ab found as 7, adopted")).contains(KillPoint.ADOPTED);
        assertThat(KillPoint.of(start + "attempt=ab/0 label='planned' no answer: x"))
                .isEmpty();
    }

    private CommandResult run(String program) {
        return runner.run(List.of("env", "LC_ALL=C", program), Duration.ofSeconds(5));
    }
}
