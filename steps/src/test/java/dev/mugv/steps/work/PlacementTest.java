package dev.mugv.steps.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.DeviceKind;
import dev.mugv.model.config.ParallelConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.run.Communication;
import dev.mugv.model.run.CommunicatorKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Test
    void ranksOfOneMachineAreThreadsOfOneProcessUnlessACommunicatorIsNamed() {
        Placement threads = Placement.local(parallel(2, CommunicatorKind.THREADS));
        WorkItem shared = threads.place(item(TaskKind.TRAIN_MODEL));
        assertThat(shared.resources().layout()).isEqualTo(new RankLayout(1, 1, 2));
        assertThat(shared.resources().memoryMebibytes()).isEqualTo(2000);
        assertThat(threads.communication(shared)).isEqualTo(new Communication(CommunicatorKind.THREADS, 2, 600));
        assertThat(threads.pmi(shared.resources().layout())).isEqualTo("none");

        Placement mpi = Placement.local(parallel(2, CommunicatorKind.MPI));
        WorkItem processes = mpi.place(item(TaskKind.TRAIN_MODEL));
        assertThat(processes.resources().layout()).isEqualTo(new RankLayout(1, 2));
        assertThat(mpi.communication(processes)).isEqualTo(new Communication(CommunicatorKind.MPI, 1, 600));
        assertThat(mpi.pmi(processes.resources().layout())).isEqualTo("pmix");
    }

    @Test
    void otherWorkIsNotShared() {
        WorkItem other = Placement.local(parallel(2, CommunicatorKind.MPI)).place(item(TaskKind.ENCODE_LATENTS));
        assertThat(other.resources().layout()).isEqualTo(RankLayout.SINGLE);
        assertThat(Placement.local(parallel(2, CommunicatorKind.MPI)).communication(other))
                .isEqualTo(Communication.NONE);
    }

    @Test
    void circumstancesStayWithTheWorkWhereverItIsPlaced() {
        WorkItem told = item(TaskKind.REWRITE_PROMPTS).under(Json.tree(Map.of("url", "http://here/v1")));
        assertThat(Placement.local(parallel(2, CommunicatorKind.MPI))
                        .place(told)
                        .circumstances())
                .isEqualTo(told.circumstances());
    }

    @Test
    void ranksOfAVideoVaeHoldItWhole() {
        Placement placement = Placement.local(parallel(2, CommunicatorKind.THREADS));
        WorkItem shared = placement.place(item(TaskKind.TRAIN_VAE));
        assertThat(shared.resources().layout()).isEqualTo(new RankLayout(1, 1, 2));
        assertThat(placement.communication(shared)).isEqualTo(new Communication(CommunicatorKind.THREADS, 2, 600));
    }

    @Test
    void nodesAreSaidByTheStepAndMustFitTheRest() {
        WorkItem shared = onNodes(2, 2, Optional.empty(), CommunicatorKind.MPI).place(item(TaskKind.TRAIN_MODEL));
        assertThat(shared.resources().layout()).isEqualTo(new RankLayout(2, 2));
        assertThatThrownBy(() -> onNodes(2, 2, Optional.empty(), CommunicatorKind.THREADS)
                        .place(item(TaskKind.TRAIN_MODEL)))
                .hasMessageContaining("expected parallel.communicator: mpi or nccl for 4 processes, found threads");
        assertThatThrownBy(() ->
                        onNodes(2, 2, Optional.of(2), CommunicatorKind.MPI).place(item(TaskKind.TRAIN_MODEL)))
                .hasMessageContaining("expected parallel.data: 4");
        assertThatThrownBy(() ->
                        onNodes(3, 1, Optional.empty(), CommunicatorKind.MPI).place(item(TaskKind.TRAIN_MODEL)))
                .hasMessageContaining("power of two of ranks, which parallel.mode: exact needs, found 3");
    }

    @Test
    void trainingsOfTheTransformerAloneComputeOnAnotherDevice() {
        Placement placement = Placement.local().on(DeviceKind.CUDA);
        assertThat(placement.device(item(TaskKind.TRAIN_MODEL))).isEqualTo(DeviceKind.CUDA);
        assertThat(placement.device(item(TaskKind.TRAIN_VAE))).isEqualTo(DeviceKind.CPU);
        assertThat(Placement.local().device(item(TaskKind.TRAIN_MODEL))).isEqualTo(DeviceKind.CPU);
    }

    @Test
    void ranksThatHoldAModelTogetherAreAsManyMore() {
        ParallelConfiguration threads = new ParallelConfiguration(
                Optional.of(2), 2, 2, ParallelMode.FAST, CommunicatorKind.THREADS, Duration.ofMinutes(10), "pmix");
        WorkItem shared = Placement.local(threads).place(item(TaskKind.TRAIN_MODEL));
        assertThat(shared.resources().layout()).isEqualTo(new RankLayout(1, 1, 8));
        assertThat(Placement.local(threads).communication(shared))
                .isEqualTo(new Communication(CommunicatorKind.THREADS, 8, 2, 2, 600));
        ParallelConfiguration processes = new ParallelConfiguration(
                Optional.empty(), 2, 2, ParallelMode.EXACT, CommunicatorKind.MPI, Duration.ofMinutes(10), "pmix");
        assertThat(onNodes(2, 4, processes)
                        .place(item(TaskKind.TRAIN_MODEL))
                        .resources()
                        .layout())
                .isEqualTo(new RankLayout(2, 4));
        assertThatThrownBy(() -> Placement.local(threads).on(DeviceKind.CUDA).place(item(TaskKind.TRAIN_MODEL)))
                .hasMessageContaining("expected no parallel.tensor and parallel.pipeline with the device cuda");
        assertThatThrownBy(() -> onNodes(3, 2, processes).place(item(TaskKind.TRAIN_MODEL)))
                .hasMessageContaining(
                        "expected 4 ranks, as parallel has tensor: 2, pipeline: 2 and data: 1, found 3 nodes with 2 ranks each");
        assertThatThrownBy(() -> onNodes(3, 4, processes).place(item(TaskKind.TRAIN_MODEL)))
                .hasMessageContaining("power of two of ranks, which parallel.mode: exact needs, found 3");
    }

    private static Placement onNodes(int nodes, int perNode, Optional<Integer> data, CommunicatorKind communicator) {
        return onNodes(
                nodes,
                perNode,
                new ParallelConfiguration(data, ParallelMode.EXACT, communicator, Duration.ofMinutes(10), "pmix"));
    }

    private static Placement onNodes(int nodes, int perNode, ParallelConfiguration parallel) {
        return new Placement(
                Duration.ofHours(1),
                Optional.of(nodes),
                Optional.of(perNode),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                DeviceKind.CPU,
                parallel);
    }

    private static ParallelConfiguration parallel(int data, CommunicatorKind communicator) {
        return new ParallelConfiguration(
                Optional.of(data), ParallelMode.FAST, communicator, Duration.ofMinutes(10), "pmix");
    }

    private static WorkItem item(TaskKind task) {
        return new WorkItem("one", task, Json.tree(Map.of()), List.of(), new WorkResources(1, 1000));
    }
}
