package dev.mugv.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmExecutionTest {
    @Test
    void aStepAsksForTheRunsUsualWishChangedByTheEntriesThatNameIt() {
        SlurmExecution slurm = execution(
                Optional.of("cpu"),
                List.of("--exclusive"),
                List.of(
                        step("pretrain-*", "gpu", Optional.of("gpu:a100:8"), Optional.of("64G")),
                        step("pretrain-size", "big", Optional.empty(), Optional.empty())));
        assertThat(slurm.request("curate-videos"))
                .isEqualTo(new SlurmRequest(
                        Duration.ofDays(1),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of("--partition=cpu", "--exclusive")));
        SlurmRequest size = slurm.request("pretrain-size");
        assertThat(size.options()).containsExactly("--partition=big", "--gres=gpu:a100:8", "--exclusive");
        assertThat(size.memoryMebibytes()).contains(64 * 1024);
        assertThat(size.cpus()).contains(8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--job-name=x",
                "--comment=x",
                "--array=0-3",
                "--export=ALL",
                "--wrap=id",
                "--output=/x",
                "--no-requeue",
                "--qos=a b",
                "--qos='a'",
                "--qos=$(id)",
                "--qos=a\nid",
                "-p cpu",
                "qos",
                "--signal=B:USR1@5",
                "--dependency=afterok:1"
            })
    void whatTheProductSaysItselfOrCouldBecomeShellIsRefused(String option) {
        assertThatThrownBy(() -> execution(Optional.empty(), List.of(option), List.of()))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("options");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu gpu", "cpu;id", "`id`", "", "cpu\n#SBATCH --wrap=id", "'"})
    void aNameThatIsNotOneWordIsRefused(String partition) {
        assertThatThrownBy(() -> execution(Optional.of(partition), List.of(), List.of()))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("partition");
    }

    @ParameterizedTest
    @ValueSource(strings = {"64", "64GB", "0G", "-1G", "64 G"})
    void memoryIsAnAmountWithItsUnit(String memory) {
        assertThatThrownBy(() -> step("x", "cpu", Optional.empty(), Optional.of(memory)))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("memory");
    }

    @Test
    void anAllocationAsksForNodesRanksAndGpusOfEach() {
        SlurmStep gpus = new SlurmStep(
                "pretrain-*",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(DeviceKind.CUDA),
                Optional.of(8),
                Optional.of(64),
                Optional.of(8),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        SlurmRequest request = execution(
                        Optional.empty(),
                        List.of(),
                        List.of(step("pretrain-*", "gpu", Optional.of("gpu:a100:4"), Optional.empty()), gpus))
                .request("pretrain-size");
        assertThat(request.nodes()).contains(64);
        assertThat(request.ranksPerNode()).contains(8);
        assertThat(request.device()).contains(DeviceKind.CUDA);
        assertThat(request.options()).containsExactly("--partition=gpu", "--gpus-per-node=8");
    }

    @Test
    void aRelayQueuesTheNextSegmentHalfALimitAheadUnlessItIsSaid() {
        SlurmStep all = relay("pretrain-*", Optional.empty(), Optional.of(true), Optional.empty());
        SlurmStep size = relay("pretrain-size", Optional.of(Duration.ofHours(8)), Optional.empty(), Optional.empty());
        SlurmStep last = relay(
                "pretrain-last", Optional.of(Duration.ofHours(8)), Optional.empty(), Optional.of(Duration.ofHours(2)));
        SlurmStep none = relay("pretrain-none", Optional.empty(), Optional.of(false), Optional.empty());
        SlurmExecution slurm = execution(Optional.empty(), List.of(), List.of(all, size, last, none));
        assertThat(slurm.request("pretrain-motion").relayAhead()).contains(Duration.ofHours(12));
        assertThat(slurm.request("pretrain-size").relayAhead()).contains(Duration.ofHours(4));
        assertThat(slurm.request("pretrain-last").relayAhead()).contains(Duration.ofHours(2));
        assertThat(slurm.request("pretrain-none").relayAhead()).isEmpty();
        assertThat(slurm.request("curate-videos").relayAhead()).isEmpty();
    }

    @Test
    void aSegmentMustWorkForAWhileBeforeTheNextMayTakeOver() {
        SlurmStep step = relay(
                "finetune", Optional.of(Duration.ofHours(4)), Optional.of(true), Optional.of(Duration.ofMinutes(181)));
        assertThatThrownBy(() -> execution(Optional.empty(), List.of(), List.of(step)))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("relay-ahead of 'finetune'");
    }

    private static SlurmStep relay(
            String name, Optional<Duration> limit, Optional<Boolean> relay, Optional<Duration> ahead) {
        return new SlurmStep(
                name,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                limit,
                relay,
                ahead,
                List.of());
    }

    private static SlurmExecution execution(Optional<String> partition, List<String> options, List<SlurmStep> steps) {
        return new SlurmExecution(
                100,
                1000,
                Duration.ofSeconds(60),
                60,
                Duration.ofDays(14),
                Duration.ofDays(1),
                Duration.ofDays(1),
                partition,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                options,
                steps);
    }

    private static SlurmStep step(String name, String partition, Optional<String> gres, Optional<String> memory) {
        return new SlurmStep(
                name,
                Optional.of(partition),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                gres,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                gres.map(each -> 8),
                memory,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }
}
