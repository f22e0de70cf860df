package dev.mugv.slurm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.slurm.client.Answer;
import dev.mugv.slurm.client.ClusterLimits;
import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.command.LocalCommandRunner;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.ExecutorContract;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.executor.RelayContract;
import dev.mugv.slurm.executor.SearchOutcome;
import dev.mugv.slurm.executor.SubmissionOutcome;
import dev.mugv.slurm.executor.ThrottleOutcome;
import dev.mugv.slurm.script.Resources;
import dev.mugv.slurm.script.WorkerArrayScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract on a real Slurm, and faults that only a real one has. */
@Timeout(180)
@ExtendWith(DevCluster.class)
class RealSlurmTest extends RelayContract {
    private static final String ENDLESS = "while :; do sleep 0.1; done";
    private final List<ArraySubmission> prepared = new ArrayList<>();

    /** As short as a cluster on one machine allows; searches as long as a frozen controller needs to wake. */
    private static SlurmTimings quick() {
        return new SlurmTimings(
                Duration.ofMillis(500),
                Duration.ofMillis(300),
                Duration.ofMillis(150),
                6,
                Duration.ofSeconds(2),
                Duration.ofSeconds(6),
                Duration.ofSeconds(30),
                Duration.ofSeconds(8),
                Duration.ofSeconds(10));
    }

    @Override
    protected Executor executor() {
        CommandLineSlurmClient client = client();
        return new SlurmExecutor(
                client,
                new ClusterIdentity(client, "me", Clock.systemUTC()),
                new OwnRounds(client, quick(), Clock.systemUTC()),
                quick(),
                1000,
                Clock.systemUTC());
    }

    private static CommandLineSlurmClient client() {
        return new CommandLineSlurmClient(new LocalCommandRunner(), Duration.ofSeconds(60));
    }

    @Override
    protected ArraySubmission prepared(int elements, int parallel, Resources resources, String body)
            throws IOException {
        ArraySubmission submission = super.prepared(elements, parallel, resources, body);
        prepared.add(submission);
        return submission;
    }

    @Override
    protected void whileNothingStarts(Runnable action) {
        DevCluster.slurm("scontrol", "update", "partitionname=cpu", "state=down");
        try {
            action.run();
        } finally {
            DevCluster.slurm("scontrol", "update", "partitionname=cpu", "state=up");
        }
    }

    @Override
    protected void requeue(String job, int index) {
        DevCluster.slurm("scontrol", "requeue", job + "_" + index);
    }

    @AfterEach
    void cancelsWhatIsLeft() {
        prepared.forEach(submission -> DevCluster.slurm("scancel", "--name=" + SlurmExecutor.jobName(submission)));
    }

    @Test
    void aFrozenControllerAcceptsWhatItWasSentAndTheTokenFindsIt() throws IOException {
        ArraySubmission submission = prepared(2, 2, "exit 0");
        Executor executor = executor();
        SubmissionOutcome outcome;
        DevCluster.control("freeze", "slurmctld");
        try {
            outcome = executor.submit(submission);
        } finally {
            DevCluster.control("thaw", "slurmctld");
        }
        assertThat(outcome).isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(search(executor(), submission)).isInstanceOf(SearchOutcome.Found.class);
        await(executor, submission, ExecutorContract::allEnded);
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void aStoppedControllerTakesNothingAndThatIsProved() throws IOException {
        ArraySubmission submission = prepared(1, 1, "exit 0");
        Executor executor = executor();
        SubmissionOutcome outcome;
        DevCluster.control("stop", "slurmctld");
        try {
            outcome = executor.submit(submission);
            assertThat(executor.find(submission)).isInstanceOf(SearchOutcome.NoAnswer.class);
        } finally {
            DevCluster.control("start", "slurmctld");
        }
        assertThat(outcome).isInstanceOf(SubmissionOutcome.Unknown.class);
        assertThat(search(executor, submission)).isEqualTo(new SearchOutcome.Absent());
        assertThat(starts(submission)).isEmpty();
    }

    @Test
    void aRequeueOfOneElementIsAFurtherRunOfThatOneOnly() throws IOException {
        ArraySubmission submission =
                prepared(2, 2, "if [ $run = 0 ]; then while [ ! -e $submission/go ]; do sleep 0.1; done; fi");
        Executor executor = executor();
        String job = accepted(executor.submit(submission));
        await(executor, submission, ExecutorContract::allRunning);
        claimed(submission, 1, 0);
        DevCluster.slurm("scontrol", "requeue", job + "_1");
        claimed(submission, 1, 1);
        Files.createFile(submission.folder().resolve("go"));
        Map<ElementId, Observation> found = await(executor, submission, ExecutorContract::allEnded);
        assertThat(ended(found, submission, 0).run()).isZero();
        assertThat(ended(found, submission, 1).run()).isEqualTo(1);
        assertThat(found.values())
                .allMatch(each -> ((Observation.Ended) each).state() == Observation.EndState.COMPLETED);
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1", "1");
    }

    @Test
    void whatTheQueueHasForgottenIsDecidedByAccountingWithTheRunOfItsClaim() throws IOException {
        ArraySubmission submission = prepared(2, 2, "[ $run = 1 ] || [ $index = 0 ] || " + ENDLESS);
        Executor executor = executor();
        String job = accepted(executor.submit(submission));
        await(executor, submission, all -> all.get(submission.element(1)) instanceof Observation.Running);
        claimed(submission, 1, 0);
        DevCluster.slurm("scontrol", "requeue", job + "_1");
        claimed(submission, 1, 1);
        // Longer than MinJobAge and the pass that forgets, in which nobody looks.
        park(Duration.ofSeconds(75));
        Map<ElementId, Observation> found = await(executor(), submission, ExecutorContract::allEnded);
        assertThat(ended(found, submission, 0).run()).isZero();
        assertThat(ended(found, submission, 1).run()).isEqualTo(1);
        assertThat(ended(found, submission, 1).state()).isEqualTo(Observation.EndState.COMPLETED);
    }

    @Test
    void aKillForMemoryIsSeenThoughTheScriptEndsWithZero() throws IOException {
        // The element asks for 100 MiB; bash reads 300 MiB into a variable.
        ArraySubmission submission = prepared(1, 1, "bash -c 'x=$(head -c 300M /dev/zero | tr \"\\\\0\" a)'; exit 0");
        Executor executor = executor();
        executor.submit(submission);
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.OUT_OF_MEMORY);
    }

    @Test
    void theRanksOfTwoNodesRunOnDifferentMachines() throws IOException {
        ArraySubmission submission = preparedRanks(2, 1, "cat /proc/sys/kernel/hostname >$rendezvous/host-$rank");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allEnded);
        Path rendezvous = submission.attempt(0).resolve("rendezvous-0");
        assertThat(List.of(
                        Files.readString(rendezvous.resolve("host-0")).strip(),
                        Files.readString(rendezvous.resolve("host-1")).strip()))
                .containsExactly("node1", "node2");
    }

    @Test
    void aRankKilledForMemoryIsTakenForThat() throws IOException {
        ArraySubmission submission = preparedRanks(
                2, 1, "[ $rank = 0 ] && exec sleep 600; x=$(head -c 300M /dev/zero | tr '\\0' a); exit 0");
        Executor executor = executor();
        executor.submit(submission);
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state() == Observation.EndState.OUT_OF_MEMORY
                        || ended.exitCode().orElse(0) == WorkerArrayScript.EXHAUSTED)
                .as(ended.toString())
                .isTrue();
    }

    @Test
    void theSignalBeforeTheTimeLimitReachesTheWorkerAsAStopFileThatSaysSo() throws IOException {
        ArraySubmission submission = prepared(1, 1, "while [ ! -e $attempt/stop ]; do sleep 0.1; done; exit 72");
        Executor executor = executor();
        String job = accepted(executor.submit(submission));
        await(executor, submission, ExecutorContract::allRunning);
        claimed(submission, 0, 0);
        park(Duration.ofSeconds(1)); // until the script has set its traps
        DevCluster.slurm("scancel", "--batch", "--signal=USR1", job + "_0");
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.exitCode()).isEqualTo(java.util.OptionalInt.of(72));
        assertThat(Files.readString(submission.stopFile(0))).isEqualTo("time-limit run 0\n");
    }

    @Test
    void aNodeThatLosesItsPowerMakesAFurtherRunElsewhere() throws IOException {
        ArraySubmission submission = prepared(1, 1, "[ $run = 1 ] || " + ENDLESS);
        Executor executor = executor();
        executor.submit(submission);
        Map<ElementId, Observation> running = await(
                executor,
                submission,
                all -> all.get(submission.element(0)) instanceof Observation.Running now
                        && !now.place().isEmpty());
        claimed(submission, 0, 0);
        String node = ((Observation.Running) running.get(submission.element(0)))
                .place()
                .replace("node", "");
        DevCluster.control("power-off", node);
        try {
            Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
            assertThat(ended.state()).isEqualTo(Observation.EndState.COMPLETED);
            assertThat(ended.run()).isEqualTo(1);
        } finally {
            DevCluster.control("boot", node);
        }
    }

    @Test
    void whatIsPreemptedIsAFurtherRunOfTheSameAttempt() throws IOException {
        Resources low = wish(1, 100, Duration.ofMinutes(5), List.of("--qos=low", "--nodelist=node1", "--exclusive"));
        ArraySubmission submission = prepared(1, 1, low, "[ $run = 1 ] || " + ENDLESS);
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, ExecutorContract::allRunning);
        claimed(submission, 0, 0);
        DevCluster.slurm(
                "sbatch",
                "--qos=high",
                "--nodelist=node1",
                "--exclusive",
                "--time=1",
                "--mem=100",
                "--chdir=/",
                "--output=/dev/null",
                "--wrap=sleep 1");
        Observation.Ended ended = ended(await(executor, submission, ExecutorContract::allEnded), submission, 0);
        assertThat(ended.state()).as(told(submission)).isEqualTo(Observation.EndState.COMPLETED);
        assertThat(ended.run()).isEqualTo(1);
        assertThat(starts(submission)).hasSize(2);
    }

    @Test
    void whileAccountingIsDownTheQueueDecides() throws IOException {
        ArraySubmission submission = prepared(2, 2, "exit 0");
        Executor executor = executor();
        DevCluster.control("stop", "slurmdbd");
        try {
            assertThat(executor.submit(submission)).isInstanceOf(SubmissionOutcome.Accepted.class);
            Map<ElementId, Observation> found = await(executor, submission, ExecutorContract::allEnded);
            assertThat(ended(found, submission, 0).state()).isEqualTo(Observation.EndState.COMPLETED);
            assertThat(executor.find(prepared(1, 1, "exit 0"))).isInstanceOf(SearchOutcome.NoAnswer.class);
        } finally {
            DevCluster.control("start", "slurmdbd");
        }
    }

    @Test
    void aStopOfOneWaitingElementLeavesItsSiblings() throws IOException {
        ArraySubmission submission = prepared(3, 1, "while [ ! -e $submission/go ]; do sleep 0.1; done");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, all -> all.get(submission.element(0)) instanceof Observation.Running);
        executor.stop(submission, Set.of(2), Duration.ofMinutes(5));
        Files.createFile(submission.folder().resolve("go"));
        Map<ElementId, Observation> found = await(executor, submission, ExecutorContract::allEnded);
        assertThat(ended(found, submission, 1).state()).isEqualTo(Observation.EndState.COMPLETED);
        assertThat(ended(found, submission, 2).state()).isEqualTo(Observation.EndState.CANCELLED);
        assertThat(starts(submission)).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void whatTheClusterDoesNotOfferIsRefusedBeforeItIsSubmitted() {
        Executor executor = executor();
        assertThat(executor.objection(wish(1, 1000, Duration.ofHours(1), List.of())))
                .isEmpty();
        assertThat(executor.objection(wish(1, 1000, Duration.ofHours(1), List.of("--partition=nonesuch"))))
                .hasValueSatisfying(text -> assertThat(text).contains("there is no Slurm partition 'nonesuch'"));
        assertThat(executor.objection(wish(500, 1000, Duration.ofHours(1), List.of())))
                .hasValueSatisfying(text -> assertThat(text).contains("500 CPUs are asked for"));
        assertThat(executor.objection(wish(1, 900_000, Duration.ofHours(1), List.of())))
                .hasValueSatisfying(text -> assertThat(text).contains("900000 MiB of memory are asked for"));
        assertThat(executor.objection(wish(1, 1000, Duration.ofDays(30), List.of())))
                .hasValueSatisfying(text -> assertThat(text).contains("a time limit of 720 h is asked for"));
        assertThat(executor.objection(wish(1, 1000, Duration.ofHours(1), List.of("--gres=gpu:1"))))
                .hasValueSatisfying(text -> assertThat(text).contains("'gpu' is asked for 1 times a node"));
        assertThat(executor.objection(
                        wish(1, 1000, Duration.ofHours(1), List.of("--partition=gpu", "--gpus-per-node=5"))))
                .hasValueSatisfying(text -> assertThat(text).contains("'gpu' is asked for 5 times a node"));
        assertThat(executor.objection(new Resources(3, 1, 1, 1000, Duration.ofHours(1), List.of())))
                .hasValueSatisfying(text -> assertThat(text).contains("3 nodes are asked for"));
        assertThat(executor.objection(new Resources(1, 3, 4, 1000, Duration.ofHours(1), List.of())))
                .hasValueSatisfying(text -> assertThat(text).contains("12 CPUs are asked for"));
        assertThat(executor.objection(wish(1, 1000, Duration.ofHours(1), List.of("--partition=gpu", "--gres=gpu:1"))))
                .isEmpty();
    }

    @Test
    void aShareIsRaisedByTheArraysThrottle() throws IOException {
        ArraySubmission submission = prepared(3, 1, "while [ ! -e $submission/go ]; do sleep 0.1; done");
        Executor executor = executor();
        executor.submit(submission);
        await(executor, submission, all -> all.get(submission.element(0)) instanceof Observation.Running);
        assertThat(executor.throttle(submission, 3)).isEqualTo(new ThrottleOutcome.Set());
        await(executor, submission, ExecutorContract::allRunning);
        Files.createFile(submission.folder().resolve("go"));
        await(executor, submission, ExecutorContract::allEnded);
    }

    @Test
    void theClustersLimitsAreRead() {
        assertThat(client().limits())
                .isInstanceOfSatisfying(
                        Answer.Answered.class,
                        answered -> assertThat(answered.value()).isInstanceOfSatisfying(ClusterLimits.class, limits -> {
                            assertThat(limits.maxArraySize()).isEqualTo(1001);
                            assertThat(limits.messageTimeout()).isEqualTo(Duration.ofSeconds(10));
                            assertThat(limits.accounting()).isTrue();
                            assertThat(limits.name()).matches("[a-z]+/.+");
                        }));
    }

    private static Resources wish(int cpus, int memory, Duration time, List<String> options) {
        return new Resources(cpus, memory, time, options);
    }

    private static String accepted(SubmissionOutcome outcome) {
        return ((SubmissionOutcome.Accepted) outcome).externalId();
    }

    private static void claimed(ArraySubmission submission, int index, int run) {
        while (!Files.exists(submission.attempt(index).resolve("claim-" + run))) {
            park(Duration.ofMillis(50));
        }
    }

    private static void park(Duration duration) {
        java.util.concurrent.locks.LockSupport.parkNanos(duration.toNanos());
    }
}
