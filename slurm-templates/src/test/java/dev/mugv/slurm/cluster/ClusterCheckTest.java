package dev.mugv.slurm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.command.CommandResult;
import dev.mugv.slurm.script.Resources;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wishes against what sinfo says of two partitions, of which one has two kinds of nodes. */
class ClusterCheckTest {
    private static final String OFFERS = """
            cpu*|up|12:00:00|2|8|16000|1-infinite|(null)|(null)
            gpu|up|infinite|4|32|256000|1-3|gpu:a100:4|nvme,fast
            gpu|up|infinite|2|64|128000|1-3|gpu:h100:8(S:0-1)|nvme
            old|down|infinite|9|4|8000|1-infinite|(null)|(null)
            """;

    private String said = OFFERS;

    private final ClusterCheck check = new ClusterCheck(
            new CommandLineSlurmClient(
                    (command, limit) -> said.isEmpty()
                            ? new CommandResult.NoAnswer("Connection refused")
                            : new CommandResult.Finished(0, said, ""),
                    Duration.ofSeconds(20)),
            Clock.systemUTC());

    @Test
    void whatThereIsHasNoObjection() {
        assertThat(objection(2, 1, 8, 16_000, 12)).isEmpty();
        assertThat(objection(3, 1, 32, 200_000, 1000, "--partition=gpu", "--gres=gpu:a100:4", "--constraint=fast"))
                .isEmpty();
        assertThat(objection(2, 8, 8, 10_000, 1, "--partition=gpu", "--gpus-per-node=h100:8"))
                .isEmpty();
        assertThat(objection(1, 1, 64, 1000, 1, "--partition=cpu,gpu")).isEmpty();
    }

    @Test
    void aPartitionThatIsNotThereIsNamedWithThoseThatAre() {
        assertThat(objection(1, 1, 1, 100, 1, "--partition=gpus"))
                .isEqualTo("there is no Slurm partition 'gpus', there are [cpu, gpu, old]");
    }

    @Test
    void moreThanANodeHasIsRefusedWithBothNumbers() {
        assertThat(objection(1, 1, 9, 100, 1)).contains("9 CPUs are asked for", "have 8");
        assertThat(objection(1, 3, 3, 100, 1)).contains("9 CPUs are asked for"); // three ranks on a node
        assertThat(objection(1, 2, 1, 8_001, 1)).contains("16002 MiB of memory are asked for", "have 16000 MiB");
        assertThat(objection(1, 1, 1, 100, 1, "--gres=gpu:1")).contains("generic resource 'gpu'", "have none");
        assertThat(objection(1, 1, 1, 100, 1, "--partition=gpu", "--gres=gpu:a100:5"))
                .contains("generic resource 'gpu:a100' is asked for 5 times", "have 4");
        assertThat(objection(1, 1, 1, 100, 1, "--partition=gpu", "--constraint=slow"))
                .contains("feature 'slow' is asked for");
    }

    @Test
    void moreThanAPartitionAllowsAJobIsRefused() {
        assertThat(objection(3, 1, 1, 100, 1)).contains("3 nodes are asked for", "cpu has 2");
        assertThat(objection(4, 1, 1, 100, 1, "--partition=gpu")).contains("4 nodes are asked for", "allows a job 3");
        assertThat(objection(1, 1, 1, 100, 13)).contains("a time limit of 13 h is asked for", "allows 12 h");
        assertThat(objection(1, 1, 1, 100, 1, "--partition=old")).contains("old is down");
    }

    @Test
    void whatEachNodeCouldGiveButTooFewTogetherIsRefused() {
        assertThat(objection(3, 1, 40, 100, 1, "--partition=gpu")).contains("wanted together", "has 2 such");
    }

    @Test
    void whileSlurmIsSilentSbatchDecides() {
        said = "";
        assertThat(objection(99, 1, 999, 100, 1)).isEmpty();
        said = OFFERS;
        assertThat(objection(99, 1, 1, 100, 1)).isNotEmpty();
        assertThat(check.nodes(resources(1, 1, 1, 100, 1, "--partition=gpu"))).isEqualTo(6);
    }

    private String objection(int nodes, int ranks, int cpus, int memory, int hours, String... options) {
        return check.objection(resources(nodes, ranks, cpus, memory, hours, options))
                .orElse("");
    }

    private static Resources resources(int nodes, int ranks, int cpus, int memory, int hours, String... options) {
        return new Resources(nodes, ranks, cpus, memory, Duration.ofHours(hours), List.of(options));
    }
}
