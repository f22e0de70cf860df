package dev.mugv.model.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.kernels.collective.CollectiveFailure;
import dev.mugv.model.format.RankCheckOrder;
import dev.mugv.model.format.RankCheckReport;
import dev.mugv.model.format.RankFacts;
import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.ArtifactStore;
import dev.mugv.model.run.AttemptFolder;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RankRecord;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.model.run.WorkTask;
import dev.mugv.model.run.WorkerExit;
import dev.mugv.model.worker.task.RankCheckTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Several ranks of one run, each a thread of this process. */
@Timeout(60)
class RankedWorkTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path workspace;

    private AttemptFolder folder;

    @BeforeEach
    void writesOrderAndClaim() throws IOException {
        folder = AttemptFolder.of(workspace, TOKEN, 0);
        Files.createDirectories(folder.path());
        Files.write(folder.order(), Json.bytes(order(3)));
        Files.writeString(folder.claim(0), "pid=1\n");
    }

    @Test
    void everyRankFindsItsPeersAndTheFirstReportsOnAll() {
        assertThat(run(3, new RankCheckTask())).containsExactly(0, 0, 0);
        Path published = new ArtifactStore(workspace)
                .open(new ArtifactStore(workspace)
                        .find(TaskKind.RANK_CHECK, order(3).key())
                        .orElseThrow());
        RankCheckReport report = Json.read(published.resolve(RankCheckReport.FILE_NAME), RankCheckReport.class);
        assertThat(report.ranks()).extracting(RankFacts::rank).containsExactly(0, 1, 2);
        assertThat(report.ranks()).extracting(RankFacts::localRank).containsExactly(0, 1, 0);
        assertThat(report.ranks()).extracting(RankFacts::nodes).containsOnly(List.of("n1", "n2"));
        assertThat(report.ranks().get(0).libraries()).containsKeys("djl", "pytorch", "ffmpeg");
        assertThat(report.secondsUntilAllSeen()).hasSize(3);
        // All ranks are threads of one machine, which the report must not take for two nodes.
        assertThat(report.findings()).singleElement().asString().startsWith("2 nodes were allocated");
        assertThat(RankRecord.all(folder, 0, 3))
                .extracting(RankRecord::outcome)
                .containsOnly(ExitRecord.Outcome.SUCCEEDED);
        assertThat(ExitRecord.find(folder, 0).orElseThrow().outcome()).isEqualTo(ExitRecord.Outcome.SUCCEEDED);
    }

    @Test
    void nothingIsPublishedUnlessEveryRankHasDoneItsPart() {
        List<Integer> codes = run(3, context -> {
            if (context.rank().number() == 2) {
                throw new WorkFailure(FailureKind.CORRUPT, "Cannot read shard 7: wrong hash. Restore it.");
            }
        });
        assertThat(codes).containsExactly(FailureKind.CORRUPT.exitCode(), 0, FailureKind.CORRUPT.exitCode());
        ExitRecord record = ExitRecord.find(folder, 0).orElseThrow();
        assertThat(record.failure()).isEqualTo(FailureKind.CORRUPT);
        assertThat(record.message()).startsWith("Cannot read shard 7: wrong hash. Restore it. (rank 2 of 3, on ");
        assertThat(new ArtifactStore(workspace).find(TaskKind.RANK_CHECK, order(3).key()))
                .isEmpty();
    }

    @Test
    void theRankThatSpeaksTellsWhyAnotherWasLost() {
        List<Integer> codes = run(3, context -> {
            if (context.rank().number() == 2) {
                throw new WorkFailure(FailureKind.CORRUPT, "Cannot read shard 7: wrong hash. Restore it.");
            }
            throw new CollectiveFailure(
                    CollectiveFailure.Reason.ABORTED, List.of(2), "Cannot go on: rank 2 gave up. See its log.", null);
        });
        assertThat(codes)
                .containsExactly(
                        FailureKind.CORRUPT.exitCode(),
                        FailureKind.RANK_LOST.exitCode(),
                        FailureKind.CORRUPT.exitCode());
        assertThat(ExitRecord.find(folder, 0).orElseThrow().message())
                .startsWith("Cannot read shard 7: wrong hash. Restore it. (rank 2 of 3, on ");
    }

    /** srun ends all ranks when one leaves with a code other than 0, so the first must not leave before the last has saved. */
    @Test
    void ranksThatStopLeaveOnlyWhenAllHaveSaved() throws IOException {
        Files.createFile(folder.stopFile());
        List<Integer> codes = run(3, context -> {
            if (context.rank().number() == 1) {
                Thread.sleep(300);
            }
            // Whoever is first makes the folder, as ranks that meet there do.
            Path rendezvous = Files.createDirectories(context.rank().rendezvous());
            Files.writeString(rendezvous.resolve("saved-" + context.rank().number()), "");
            throw new StopRequestedException("saved");
        });
        assertThat(codes).containsOnly(WorkerExit.STOPPED.code());
        assertThat(leftBeforeAllHadSaved).isEmpty();
    }

    private final List<Integer> leftBeforeAllHadSaved = java.util.Collections.synchronizedList(new ArrayList<>());

    @Test
    void aRankWhosePeersAreMissingSaysWhich() {
        assertThat(run(2, new RankCheckTask(), 3))
                .containsExactly(FailureKind.TRANSIENT.exitCode(), FailureKind.TRANSIENT.exitCode());
        assertThat(ExitRecord.find(folder, 0).orElseThrow().message()).contains("found none of rank [2]");
    }

    @Test
    void anotherNumberOfRanksThanTheOrdersIsRefused() {
        assertThat(run(2, context -> {}, 2)).containsOnly(FailureKind.INVALID_REQUEST.exitCode());
        assertThat(ExitRecord.find(folder, 0).orElseThrow().message()).contains("expected 3 ranks");
    }

    @Test
    void theNumberOfRanksIsPartOfTheKeyAndOneRankIsAsBefore() {
        JsonNode parameters = Json.tree(Map.of());
        ArtifactKey one = ArtifactKey.of(TaskKind.RANK_CHECK, "c1", parameters, List.of(), 1, 1);
        assertThat(one).isEqualTo(ArtifactKey.of(TaskKind.RANK_CHECK, "c1", parameters, List.of(), 1));
        assertThat(ArtifactKey.of(TaskKind.RANK_CHECK, "c1", parameters, List.of(), 1, 2))
                .isNotEqualTo(one);
    }

    @Test
    void argumentsOfARankAreCompleteOrRefused() {
        List<String> whole = arguments(1, 2);
        assertThat(WorkerArguments.parse(whole).rank().number()).isEqualTo(1);
        assertThat(WorkerArguments.parse(whole).rank().nodes()).containsExactly("n1", "n2");
        assertThatThrownBy(() -> WorkerArguments.parse(whole.subList(0, 14))).isInstanceOf(WorkFailure.class);
        List<String> outside = new ArrayList<>(whole);
        outside.set(7, "2");
        assertThatThrownBy(() -> WorkerArguments.parse(outside)).isInstanceOf(WorkFailure.class);
    }

    private List<Integer> run(int ranks, WorkTask task) {
        return run(ranks, task, ranks);
    }

    /** Starts the ranks, each told a size, and returns their exit codes. */
    private List<Integer> run(int ranks, WorkTask task, int size) {
        List<CompletableFuture<Integer>> ends = IntStream.range(0, ranks)
                .mapToObj(rank -> CompletableFuture.supplyAsync(
                        () -> {
                            int code = new Worker(
                                            new TaskRegistry(Map.of(TaskKind.RANK_CHECK, () -> task)),
                                            kind -> "c1",
                                            Clock.systemUTC(),
                                            Duration.ofMillis(20))
                                    .run(WorkerArguments.parse(arguments(rank, size)));
                            if (code != 0 && !allSaved(size)) {
                                leftBeforeAllHadSaved.add(rank);
                            }
                            return code;
                        },
                        work -> new Thread(work).start()))
                .toList();
        return ends.stream().map(CompletableFuture::join).toList();
    }

    private boolean allSaved(int size) {
        return IntStream.range(0, size)
                .allMatch(rank -> Files.exists(folder.rendezvous(0).resolve("saved-" + rank)));
    }

    private List<String> arguments(int rank, int size) {
        return List.of(
                "--order",
                folder.order().toString(),
                "--attempt-folder",
                folder.path().toString(),
                "--run",
                "0",
                "--rank",
                "" + rank,
                "--ranks",
                "" + size,
                "--local-rank",
                "" + rank % 2,
                "--nodes",
                "n1,n2",
                "--rendezvous",
                folder.rendezvous(0).toString());
    }

    private WorkOrder order(int ranks) {
        JsonNode parameters = Json.tree(new RankCheckOrder("test", 2));
        return new WorkOrder(
                WorkOrder.FORMAT_VERSION,
                TOKEN,
                0,
                1,
                TaskKind.RANK_CHECK,
                ArtifactKey.of(TaskKind.RANK_CHECK, "c1", parameters, List.of(), 1, ranks),
                workspace,
                parameters,
                List.of(),
                1,
                IntStream.range(0, ranks)
                        .mapToObj(rank -> new WorkOrder.RankPlace(rank, "", "cpu"))
                        .toList());
    }
}
