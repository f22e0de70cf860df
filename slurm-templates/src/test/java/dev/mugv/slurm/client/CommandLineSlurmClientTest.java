package dev.mugv.slurm.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.executor.SubmissionOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as Slurm 22.05.8 gave them. */
class CommandLineSlurmClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private final List<List<String>> commands = new ArrayList<>();

    private CommandLineSlurmClient client(CommandResult answer) {
        return new CommandLineSlurmClient(
                (command, limit) -> {
                    commands.add(command);
                    return answer;
                },
                LIMIT);
    }

    private static CommandResult finished(int exitCode, String out, String err) {
        return new CommandResult.Finished(exitCode, out, err);
    }

    @Test
    void onlyACleanIdOnACleanExitIsAnAcceptance() {
        Path script = Path.of("/w/script.sbatch");
        assertThat(client(finished(0, "1390\n", "")).submit(script)).isEqualTo(new SubmissionOutcome.Accepted("1390"));
        assertThat(client(finished(0, "1390;alpha\n", "sbatch: warning: slow today"))
                        .submit(script))
                .isEqualTo(new SubmissionOutcome.Accepted("1390"));
        assertThat(client(finished(0, "Submitted batch job 1390\n", "")).submit(script))
                .isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(client(finished(1, "1390\n", "")).submit(script)).isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(client(finished(0, "", "")).submit(script)).isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(client(new CommandResult.NoAnswer("no end within 60 s")).submit(script))
                .isInstanceOf(SubmissionOutcome.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
                "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
                "sbatch: error: Batch job submission failed: Connection reset by peer",
                "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received",
                "sbatch: error: Munge encode failed: Failed to access socket",
                "sbatch: error: Batch job submission failed: Unexpected message received"
            })
    void afterAnUnclearAnswerTheJobMayExist(String said) {
        assertThat(client(finished(1, "", said)).submit(Path.of("/w/s"))).isInstanceOf(SubmissionOutcome.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sbatch: error: Batch job submission failed: Invalid partition name specified",
                "sbatch: error: Batch job submission failed: Requested node configuration is not available",
                "sbatch: error: Batch job submission failed: Invalid qos specification",
                "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified",
                "sbatch: error: Batch job submission failed: Invalid job array specification",
                "sbatch: unrecognized option '--nonesuch'"
            })
    void aDecisionOfTheControllerIsARefusalInItsWords(String said) {
        assertThat(client(finished(1, "", said)).submit(Path.of("/w/s")))
                .isInstanceOfSatisfying(
                        SubmissionOutcome.Rejected.class,
                        rejected -> assertThat(rejected.reason()).startsWith(said));
    }

    @Test
    void aProgramThatIsNotThereWasNeverRun() {
        assertThat(client(finished(127, "", "env: 'sbatch': No such file or directory"))
                        .submit(Path.of("/w/s")))
                .isInstanceOf(SubmissionOutcome.Rejected.class);
    }

    @Test
    void readsTheQueue() {
        String lines = """
                mugv-b2         |6     |5     |6     |PENDING   |0    |1795367351  |N/A   |N/A   |n/a    |0     |JobArrayTaskLimit
                mugv-b2         |6     |0     |7     |RUNNING   |1    |1795367351  |1795367351  |1795369151  |node1  |0     |None
                mugv-b2         |6     |3     |13    |FAILED    |0    |1795367351  |1795367354  |1795367357  |node1  |768   |NonZeroExitCode
                mugv-b3         |15    |N/A   |15    |CANCELLED |0    |1795367361  |1795367361  |1795367361  |n/a    |0     |None
                mugv-b4         |16    |2     |16    |PENDING   |0    |1795367361  |N/A  |N/A  |n/a    |0     |(Nodes|required: down)
                mugv-b5         |17    |0     |17    |NEW_STATE |0    |1795367361  |N/A  |N/A  |n/a    |9     |None
                """;
        List<QueueRow> rows = answered(client(finished(0, lines, "")).queue());
        assertThat(rows).hasSize(6);
        assertThat(rows.get(0).state()).contains(JobState.PENDING);
        assertThat(rows.get(0).started()).isEmpty();
        assertThat(rows.get(0).id()).isEqualTo("6_5");
        assertThat(rows.get(1).restarts()).isEqualTo(1);
        assertThat(rows.get(1).started()).contains(Instant.ofEpochSecond(1795367351));
        assertThat(rows.get(2).exit()).isEqualTo(new ExitStatus(3, 0));
        assertThat(rows.get(3).index()).isEqualTo(OptionalInt.empty());
        assertThat(rows.get(3).id()).isEqualTo("15");
        assertThat(rows.get(4).reason()).isEqualTo("(Nodes|required: down)");
        assertThat(rows.get(5).state()).isEqualTo(Optional.empty());
        assertThat(rows.get(5).exit().asShell()).isEqualTo(137);
    }

    @Test
    void readsAccountingWithEveryRunOfAnElement() {
        String lines = """
                mugv-b2|6_0|7|COMPLETED|0:0|0:0|1795367351|1795367351|1795367354|node1
                mugv-b2|6_3|13|FAILED|3:0|0:0|1795367351|1795367354|1795367357|node1
                mugv-b2|6_[4-5%2]|6|PENDING|0:0||1795367351|Unknown|Unknown|None assigned
                mugv-b3|15|15|CANCELLED by 2200|0:0|0:0|1795367361|1795367361|1795367361|None assigned
                """;
        List<AccountingRow> rows = answered(client(finished(0, lines, ""))
                .accounting(List.of("mugv-b2", "mugv-b3"), Instant.ofEpochSecond(1795367000)));
        assertThat(rows).hasSize(4);
        assertThat(rows.get(1).index()).isEqualTo(OptionalInt.of(3));
        assertThat(rows.get(1).exit()).isEqualTo(new ExitStatus(3, 0));
        assertThat(rows.get(2).index()).isEqualTo(OptionalInt.empty());
        assertThat(rows.get(3).state()).contains(JobState.CANCELLED);
        assertThat(rows.get(3).stateWord()).isEqualTo("CANCELLED by 2200");
        assertThat(commands.get(0)).contains("--name=mugv-b2,mugv-b3", "--starttime=2026-11-22T17:03:20", "TZ=UTC");
    }

    @Test
    void nothingToSayIsEmptyAndAComplaintIsNoAnswer() {
        assertThat(client(finished(0, "", "")).queue()).isEqualTo(new Answer.Empty<>());
        assertThat(client(finished(
                                1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"))
                        .queue())
                .isInstanceOf(Answer.NoAnswer.class);
        assertThat(client(finished(0, "", "sacct: error: slurmdbd: Connection refused"))
                        .accounting(List.of("mugv-x"), Instant.EPOCH))
                .isInstanceOf(Answer.NoAnswer.class);
        assertThat(client(finished(0, "half a line", "")).queue()).isInstanceOf(Answer.NoAnswer.class);
        assertThat(client(new CommandResult.NoAnswer("no end within 60 s")).queue())
                .isEqualTo(new Answer.NoAnswer<>("squeue: no end within 60 s"));
    }

    @Test
    void cancelsElementsByNameAndNeverByState() {
        client(finished(0, "", "")).cancel(List.of("6_4", "6_5"));
        assertThat(commands.get(0)).endsWith("scancel", "--quiet", "6_4", "6_5");
        assertThat(commands.get(0)).noneMatch(word -> word.startsWith("--state"));
    }

    @Test
    void releasesElementsByName() {
        assertThat(client(finished(0, "", "")).release(List.of("79_76"))).isEqualTo(new Answer.Empty<>());
        assertThat(commands.get(0)).endsWith("scontrol", "release", "79_76");
        assertThat(client(finished(1, "", "Access/permission denied")).release(List.of("79_76")))
                .isInstanceOf(Answer.NoAnswer.class);
    }

    @Test
    void readsWhatPartitionsOffer() {
        String lines = """
                cpu*|up|8-00:00:00|2|8|12288|1-infinite|(null)|(null)
                gpu|down|infinite|2|8|12288+|1-4|gpu:fake:4(S:0-1),gpu:a100:2,nvme:1|a100,ib
                short|up|30:00|1|8|1000|1|(null)|(null)
                """;
        List<PartitionOffer> offers = answered(client(finished(0, lines, "")).partitions());
        assertThat(offers.get(0).isDefault()).isTrue();
        assertThat(offers.get(0).timeLimit()).contains(Duration.ofDays(8));
        assertThat(offers.get(1).isUp()).isFalse();
        assertThat(offers.get(1).timeLimit()).isEmpty();
        assertThat(offers.get(1).memoryMebibytes()).isEqualTo(12288);
        assertThat(offers.get(0).maxNodes()).isEmpty();
        assertThat(offers.get(1).maxNodes()).contains(4);
        assertThat(offers.get(2).maxNodes()).contains(1);
        assertThat(offers.get(1).count("gpu", Optional.empty())).isEqualTo(6);
        assertThat(offers.get(1).count("gpu", Optional.of("fake"))).isEqualTo(4);
        assertThat(offers.get(1).count("gpu", Optional.of("h100"))).isZero();
        assertThat(offers.get(1).count("nvme", Optional.empty())).isEqualTo(1);
        assertThat(offers.get(0).count("gpu", Optional.empty())).isZero();
        assertThat(offers.get(1).hasFeature("ib")).isTrue();
        assertThat(offers.get(1).hasFeature("i")).isFalse();
        assertThat(offers.get(2).timeLimit()).contains(Duration.ofMinutes(30));
    }

    private static <T> T answered(Answer<T> answer) {
        return ((Answer.Answered<T>) answer).value();
    }
}
