package dev.mugv.slurm.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.script.Resources;
import dev.mugv.slurm.script.WorkerArrayScript;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every executor must do. The worker is a bash program that counts its starts in a file, so that a second run of an
 * attempt is seen.
 */
@Timeout(60)
public abstract class ExecutorContract {
    @TempDir
    protected Path workspace;

    /** A new executor over the same state, as a new controller would make it. */
    protected abstract Executor executor();

    @Test
    void runsEveryElementOnceAndReportsItsExitCode() throws IOException {
        ArraySubmission submission = prepared(4, 2, "exit $((index == 2 ? 64 : 0))");
        Executor executor = executor();
        assertThat(executor.submit(submission)).isInstanceOf(SubmissionOutcome.Accepted.class);
        Map<ElementId, Observation> ended = await(executor, submission, ExecutorContract::allEnded);
        assertThat(ended(ended, submission, 0).state()).isEqualTo(Observation.EndState.COMPLETED);
        assertThat(ended(ended, submission, 2).state()).isEqualTo(Observation.EndState.FAILED);
        assertThat(ended(ended, submission, 2).exitCode()).isEqualTo(OptionalInt.of(64));
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1", "2", "3");
    }

    @Test
    void findsASubmissionByItsTokenAndOnlyThat() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        Executor executor = executor();
        assertThat(search(executor, submission)).isEqualTo(new SearchOutcome.Absent());
        executor.submit(submission);
        assertThat(search(executor(), submission)).isInstanceOf(SearchOutcome.Found.class);
        await(executor, submission, ExecutorContract::allEnded);
    }

    @Test
    void neverRunsMoreAtOnceThanAllowed() throws IOException {
        ArraySubmission submission = prepared(
                4,
                2,
                "touch $submission/now-$index; ls $submission | grep -c ^now- >> $submission/peak; sleep 0.3;"
                        + " rm $submission/now-$index");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allEnded);
        assertThat(Files.readAllLines(submission.folder().resolve("peak")))
                .hasSize(4)
                .allMatch(count -> Integer.parseInt(count) <= 2);
    }

    @Test
    void aNewControllerAdoptsWhatRunsAndStartsWhatWaits() throws IOException {
        ArraySubmission submission = prepared(3, 1, "while [ ! -e $submission/go ]; do sleep 0.05; done");
        Executor killed = executor();
        killed.submit(submission);
        await(killed, submission, all -> all.values().stream().anyMatch(Observation.Running.class::isInstance));
        Executor next = executor();
        Files.createFile(submission.folder().resolve("go"));
        await(next, submission, ExecutorContract::allEnded);
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1", "2");
    }

    @Test
    void twoControllersAtOnceStartNothingTwice() throws IOException {
        ArraySubmission submission = prepared(6, 6, "exit 0");
        Executor first = executor();
        Executor second = executor();
        first.submit(submission);
        first.observe(List.of(submission));
        second.observe(List.of(submission));
        await(second, submission, ExecutorContract::allEnded);
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5");
    }

    @Test
    void aStopReachesTheWorkerAsAFileAndItsExitCodeCounts() throws IOException {
        ArraySubmission submission = prepared(1, 1, "while [ ! -e $attempt/stop ]; do sleep 0.05; done; exit 72");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allRunning);
        assertThat(executor.stop(submission, Set.of(0), Duration.ofMinutes(5))).isEqualTo(new StopOutcome.Requested());
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.of(72));
    }

    @Test
    void anElementStoppedBeforeItsStartNeverRuns() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        Executor executor = executor();
        whileNothingStarts(() -> {
            executor.submit(submission);
            executor.stop(submission, Set.of(0), Duration.ZERO);
        });
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.CANCELLED);
        assertThat(ended.startedAt()).isEmpty();
        assertThat(starts(submission)).isEmpty();
    }

    @Test
    void aWorkerThatDoesNotListenIsEndedAfterTheGrace() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exec sleep 600");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allRunning);
        executor.stop(submission, Set.of(0), Duration.ZERO);
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.CANCELLED);
    }

    @Test
    void everyRankOfAnAllocationIsStartedOnceAndToldItsPlace() throws IOException {
        ArraySubmission submission = preparedRanks(2, 2, """
                echo "$rank $ranks $local_rank $nodes" >>$submission/places
                echo here >"$rendezvous/met-$rank"
                for ((peer = 0; peer < ranks; peer++)); do
                  while [ ! -e "$rendezvous/met-$peer" ]; do sleep 0.05; done
                done
                echo "rank $rank has met all"
                """);
        Executor executor = executor();
        executor.submit(submission);
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.COMPLETED);
        List<String> places = Files.readAllLines(submission.folder().resolve("places")).stream()
                .sorted()
                .toList();
        assertThat(places).hasSize(4);
        for (int rank = 0; rank < 4; rank++) {
            String[] place = places.get(rank).split(" ");
            assertThat(place[0]).isEqualTo(Integer.toString(rank));
            assertThat(place[1]).isEqualTo("4");
            assertThat(place[2]).isEqualTo(Integer.toString(rank % ranksOnANode(2)));
            assertThat(place[3].split(",")).hasSize(4 / ranksOnANode(2));
        }
        assertThat(submission.log(0, 0))
                .content()
                .contains("rank 0 has met all")
                .doesNotContain("rank 1");
        assertThat(submission.attempt(0).resolve("run-0-rank-3.log")).content().contains("rank 3 has met all");
    }

    @Test
    void oneRankThatFailsEndsTheOthers() throws IOException {
        ArraySubmission submission = preparedRanks(2, 1, "[ $rank = 0 ] || exit 64; exec sleep 600");
        Executor executor = executor();
        executor.submit(submission);
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.FAILED);
        assertThat(ended.exitCode().orElseThrow()).isNotZero();
    }

    @Test
    void aStopReachesEveryRank() throws IOException {
        ArraySubmission submission = preparedRanks(
                2,
                1,
                "while [ ! -e $attempt/stop ]; do sleep 0.05; done; echo $rank >>$submission/left; sleep 0.5; exit 0");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allRunning);
        executor.stop(submission, Set.of(0), Duration.ofMinutes(5));
        await(executor, submission, ExecutorContract::allEnded);
        // A stop may come before the ranks have been started; then none of them worked.
        assertThat(starts(submission).size()).isIn(0, 2);
        if (!starts(submission).isEmpty()) {
            assertThat(Files.readAllLines(submission.folder().resolve("left"))).containsExactlyInAnyOrder("0", "1");
        }
    }

    /** How many ranks of an allocation share a machine; all of them where there is only one machine. */
    protected int ranksOnANode(int asked) {
        return asked;
    }

    /** Does something while accepted elements have to wait. */
    protected void whileNothingStarts(Runnable action) {
        action.run();
    }

    /** Prepares a submission whose worker runs {@code body} with index, attempt and submission set. */
    protected ArraySubmission prepared(int elements, int parallel, String body) throws IOException {
        return prepared(elements, parallel, new Resources(1, 100, Duration.ofMinutes(5), List.of()), body);
    }

    /** Prepares one element of several ranks; the body is also told rank, ranks, local_rank, nodes and rendezvous. */
    protected ArraySubmission preparedRanks(int nodes, int perNode, String body) throws IOException {
        return prepared(1, 1, new Resources(nodes, perNode, 1, 100, Duration.ofMinutes(5), List.of()), body);
    }

    protected ArraySubmission prepared(int elements, int parallel, Resources resources, String body)
            throws IOException {
        String token = UUID.randomUUID().toString().replace("-", "");
        Path folder = workspace.resolve("submissions").resolve(token);
        Path worker = workspace.resolve("worker-" + token + ".sh");
        Files.writeString(worker, """
                attempt=$4 run=$6 index=${4##*/} submission=%s
                rank=${8:-0} ranks=${10:-1} local_rank=${12:-0} nodes=${14:-} rendezvous=${16:-}
                echo $index >>"$submission/starts"
                %s
                """.formatted(folder, body));
        ArraySubmission submission = new ArraySubmission(token, folder, elements, parallel, Instant.now());
        for (int index = 0; index < elements; index++) {
            Files.createDirectories(submission.attempt(index));
        }
        WorkerArrayScript script = new WorkerArrayScript(
                token, folder, elements, parallel, resources, List.of("/bin/bash", worker.toString()), new TreeMap<>());
        Files.writeString(submission.script(), script.render());
        return submission;
    }

    /** What the workers wrote when they started. */
    protected static List<String> starts(ArraySubmission submission) throws IOException {
        Path file = submission.folder().resolve("starts");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** What the runs of a submission's only element wrote, for the message of a test that failed. */
    protected static String told(ArraySubmission submission) throws IOException {
        StringBuilder told = new StringBuilder("the runs' logs:\n");
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(submission.attempt(0), "run-*.log")) {
            for (Path log : logs) {
                told.append(Files.readString(log)).append('\n');
            }
        }
        return told.toString();
    }

    /** Searches until there is an answer. */
    protected static SearchOutcome search(Executor executor, ArraySubmission submission) {
        while (true) {
            SearchOutcome outcome = executor.find(submission);
            if (!(outcome instanceof SearchOutcome.NoAnswer)) {
                return outcome;
            }
            pause();
        }
    }

    /** A moment between two looks. */
    protected static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
    }

    /** Observes until the answer is as wanted; the time limit of the class ends a wait that never does. */
    protected static Map<ElementId, Observation> await(
            Executor executor, ArraySubmission submission, Predicate<Map<ElementId, Observation>> wanted) {
        while (true) {
            Map<ElementId, Observation> found = executor.observe(List.of(submission));
            if (wanted.test(found)) {
                return found;
            }
            pause();
        }
    }

    protected static boolean allEnded(Map<ElementId, Observation> found) {
        return !found.isEmpty() && found.values().stream().allMatch(Observation.Ended.class::isInstance);
    }

    /** Whether every element runs and its worker has started. */
    protected static boolean allRunning(Map<ElementId, Observation> found) {
        return !found.isEmpty() && found.values().stream().allMatch(Observation.Running.class::isInstance);
    }

    protected static Observation.Ended ended(Map<ElementId, Observation> found, ArraySubmission submission, int index) {
        return (Observation.Ended) found.get(submission.element(index));
    }
}
