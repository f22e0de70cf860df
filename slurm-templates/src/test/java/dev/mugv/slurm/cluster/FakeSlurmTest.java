package dev.mugv.slurm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.ExecutorContract;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.RelayContract;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.StopOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.executor.ThrottleOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a fake Slurm, and what only a fake does on demand. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the batch script reads /proc")
class FakeSlurmTest extends RelayContract {
    @TempDir
    Path folder;

    private FakeSlurm slurm;

    @BeforeEach
    void installs() throws IOException {
        slurm = new FakeSlurm(folder);
    }

    /** The waits of a real cluster, a hundred times as short. */
    static SlurmTimings quick() {
        Duration hundredth = Duration.ofMillis(100);
        return new SlurmTimings(
                hundredth,
                hundredth.dividedBy(2),
                hundredth.dividedBy(5),
                6,
                hundredth.multipliedBy(3),
                hundredth.multipliedBy(4),
                Duration.ofSeconds(1),
                Duration.ofMillis(300),
                Duration.ofMillis(500));
    }

    @Override
    protected Executor executor() {
        return executor(1000);
    }

    private SlurmExecutor executor(int maxElements) {
        CommandLineSlurmClient client = new CommandLineSlurmClient(slurm, Duration.ofSeconds(20));
        return new SlurmExecutor(
                client,
                new ClusterIdentity(client, "me", Clock.systemUTC()),
                new OwnRounds(client, quick(), Clock.systemUTC()),
                quick(),
                maxElements,
                Clock.systemUTC());
    }

    @Override
    protected void whileNothingStarts(Runnable action) {
        slurm.hold();
        action.run();
        slurm.release();
    }

    @Override
    protected void requeue(String job, int index) {
        slurm.control("requeue", job, Integer.toString(index));
    }

    @Test
    void aSubmissionThatTimedOutAndWasAcceptedIsUnknownAndThenFound() throws IOException {
        ArraySubmission submission = prepared(2, 2, "exit 0");
        slurm.fault("sbatch", "timeout-accepted");
        Executor executor = executor();
        assertThat(executor.submit(submission)).isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(search(executor(), submission)).isInstanceOf(SearchOutcome.Found.class);
        await(executor, submission, ExecutorContract::allEnded);
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void aSubmissionThatWasLostIsAbsentOnlyAfterASeriesOfFullAnswers() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        slurm.fault("sbatch", "timeout-lost");
        Executor executor = executor();
        assertThat(executor.submit(submission)).isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(executor.find(submission)).isInstanceOf(SearchOutcome.NoAnswer.class);
        assertThat(search(executor, submission)).isEqualTo(new SearchOutcome.Absent());
    }

    @Test
    void nothingIsAbsentWhileAccountingOrTheControllerDoesNotAnswer() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        for (String silent : List.of("sacct", "squeue")) {
            slurm.fault(silent, "down*");
            Executor executor = executor();
            for (int look = 0; look < 5; look++) {
                assertThat(executor.find(submission)).isInstanceOf(SearchOutcome.NoAnswer.class);
                park(Duration.ofMillis(160)); // more than the series of full answers would take, in all
            }
            slurm.mend(silent);
        }
    }

    @Test
    void aRefusalIsCertainAndItsWordsAreHandedOn() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        slurm.fault("sbatch", "refuse Invalid partition name specified");
        assertThat(executor().submit(submission))
                .isInstanceOfSatisfying(
                        SubmissionOutcome.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("Invalid partition name specified"));
        slurm.fault("sbatch", "refuse Unexpected message received");
        assertThat(executor().submit(submission)).isInstanceOf(SubmissionOutcome.Unknown.class);
    }

    @Test
    void aRequeueIsAFurtherRunOfTheSameAttempt() throws IOException {
        ArraySubmission submission = prepared(1, 1, "[ $run = 1 ] || sleep 600");
        Executor executor = executor();
        String job = accepted(executor.submit(submission));
        await(executor, submission, ExecutorContract::allRunning);
        claimed(submission, 0);
        while (starts(submission).isEmpty()) {
            pause(); // the claim comes before the worker
        }
        slurm.control("requeue", job, "0");
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.run()).isEqualTo(1);
        assertThat(ended.state()).isEqualTo(Observation.EndState.COMPLETED);
        assertThat(starts(submission)).hasSize(2);
    }

    @Test
    void theRunOfAForgottenElementComesFromItsClaim() throws IOException {
        ArraySubmission submission = prepared(1, 1, "[ $run = 1 ] || sleep 600");
        Executor executor = executor();
        String job = accepted(executor.submit(submission));
        await(executor, submission, ExecutorContract::allRunning);
        claimed(submission, 0);
        slurm.control("forget");
        slurm.control("requeue", job, "0");
        claimed(submission, 1);
        Observation.Ended ended = ended(await(executor(), submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.run()).isEqualTo(1);
        assertThat(ended.state()).isEqualTo(Observation.EndState.COMPLETED);
    }

    @Test
    void goneFromTheQueueIsNotOverWhileAccountingIsSilent() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        Executor executor = executor();
        executor.submit(submission);
        slurm.control("forget");
        slurm.fault("sacct", "down*");
        claimed(submission, 0);
        park(Duration.ofSeconds(2)); // twice as long as an element may be unaccounted for
        for (int look = 0; look < 5; look++) {
            assertThat(executor.observe(List.of(submission)).get(submission.element(0)))
                    .isNotInstanceOf(Observation.Ended.class);
        }
        slurm.mend("sacct");
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.COMPLETED);
    }

    @Test
    void aSilentControllerIsNoAnswerForEveryElement() throws IOException {
        ArraySubmission submission = prepared(2, 2, "sleep 1");
        Executor executor = executor();
        executor.submit(submission);
        slurm.fault("squeue", "down");
        assertThat(executor.observe(List.of(submission)).values())
                .hasSize(2)
                .allMatch(Observation.NoAnswer.class::isInstance);
        await(executor, submission, ExecutorContract::allEnded);
    }

    @Test
    void aKillForMemoryIsSeenThoughTheScriptMayEndWell() throws IOException {
        ArraySubmission submission = prepared(1, 1, "sleep 600");
        Executor executor = executor();
        String job = accepted(executor.submit(submission));
        await(executor, submission, ExecutorContract::allRunning);
        slurm.control("out-of-memory", job, "0");
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.OUT_OF_MEMORY);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.empty());
    }

    @Test
    void anElementCancelledByOthersBeforeItsStartIsToldByItsSiblings() throws IOException {
        ArraySubmission submission = prepared(2, 1, "while [ ! -e $submission/go ]; do sleep 0.05; done");
        Executor executor = executor();
        String job = accepted(executor.submit(submission));
        await(executor, submission, all -> all.get(submission.element(0)) instanceof Observation.Running);
        slurm.run(List.of("scancel", "--quiet", job + "_1"), Duration.ofSeconds(10));
        Files.createFile(submission.folder().resolve("go"));
        Map<ElementId, Observation> found = await(executor, submission, ExecutorContract::allEnded);
        assertThat(ended(found, submission, 0).state()).isEqualTo(Observation.EndState.COMPLETED);
        assertThat(ended(found, submission, 1).state()).isEqualTo(Observation.EndState.CANCELLED);
        assertThat(ended(found, submission, 1).startedAt()).isEmpty();
    }

    @Test
    void aStopThatSlurmDidNotHearIsGivenAgainByTheNextController() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exec sleep 600");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allRunning);
        slurm.fault("scancel", "down");
        assertThat(executor.stop(submission, Set.of(0), Duration.ZERO)).isInstanceOf(StopOutcome.NoAnswer.class);
        Observation.Ended ended = ended(await(executor(), submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.CANCELLED);
    }

    @Test
    void oneRoundAsksTheQueueOnceHoweverManySubmissionsLive() throws IOException {
        List<ArraySubmission> many = List.of(prepared(3, 1, "sleep 600"), prepared(3, 1, "sleep 600"));
        Executor executor = executor();
        many.forEach(executor::submit);
        long before = slurm.calls("squeue");
        executor.observe(many);
        assertThat(slurm.calls("squeue") - before).isEqualTo(1);
        assertThat(slurm.calls("sacct")).isZero();
        many.forEach(submission -> executor.stop(submission, Set.of(0, 1, 2), Duration.ZERO));
        many.forEach(submission -> await(executor, submission, ExecutorContract::allEnded));
    }

    @Test
    void aLaunchThatFailedAndIsHeldIsReleased() throws IOException {
        ArraySubmission submission = prepared(2, 1, "exit 0");
        slurm.failNextLaunch();
        Executor executor = executor();
        executor.submit(submission);
        Map<ElementId, Observation> found = await(executor, submission, ExecutorContract::allEnded);
        assertThat(ended(found, submission, 0).run()
                        + ended(found, submission, 1).run())
                .isEqualTo(1);
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void anArrayIsNoLargerThanTheClusterAllows() {
        assertThat(executor().maxElements()).isEqualTo(1000);
        assertThat(executor(5000).maxElements()).isEqualTo(1001);
    }

    @Test
    void anArrayIsNoLargerThanTheQueueTakesOfOneUser() throws IOException {
        assertThat(executor().maxQueued()).isEqualTo(Integer.MAX_VALUE);
        Files.writeString(folder.resolve("state").resolve("max-submit"), "40");
        assertThat(executor().maxQueued()).isEqualTo(40);
        assertThat(executor().maxElements()).isEqualTo(40);
        slurm.fault("sacctmgr", "refuse Unable to connect to database");
        assertThat(executor().maxQueued()).as("not known, so sbatch decides").isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aWordOfRefusalThatIsNotKnownIsNoTroubleAndNoCertainty() throws IOException {
        slurm.fault(
                "sbatch",
                "refuse The moon is in the wrong phase",
                "refuse Slurm temporarily unable to accept job, sleeping and retrying",
                "timeout-lost");
        Executor executor = executor();
        assertThat(executor.submit(prepared(1, 1, "exit 0")))
                .isInstanceOfSatisfying(
                        SubmissionOutcome.Unrecognised.class,
                        said -> assertThat(said.reason()).contains("The moon is in the wrong phase"));
        assertThat(executor.submit(prepared(1, 1, "exit 0"))).isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(executor.submit(prepared(1, 1, "exit 0"))).isInstanceOf(SubmissionOutcome.Unknown.class);
    }

    @Test
    void aShareCanBeRaisedWhileAnArrayRuns() throws IOException {
        ArraySubmission submission = prepared(3, 1, "while [ ! -e $submission/go ]; do sleep 0.05; done");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, all -> all.get(submission.element(0)) instanceof Observation.Running);
        assertThat(executor.throttle(submission, 3)).isEqualTo(new ThrottleOutcome.Set());
        await(executor, submission, ExecutorContract::allRunning);
        Files.createFile(submission.folder().resolve("go"));
        await(executor, submission, ExecutorContract::allEnded);
    }

    @Test
    void theClusterIsToldFromOthersByNameControllerAndUser() {
        assertThat(executor().place()).contains("me@fake/login1");
    }

    private static String accepted(SubmissionOutcome outcome) {
        return ((SubmissionOutcome.Accepted) outcome).externalId();
    }

    private static void claimed(ArraySubmission submission, int run) {
        while (!Files.exists(submission.attempt(0).resolve("claim-" + run))) {
            park(Duration.ofMillis(20));
        }
    }

    private static void park(Duration duration) {
        java.util.concurrent.locks.LockSupport.parkNanos(duration.toNanos());
    }
}
