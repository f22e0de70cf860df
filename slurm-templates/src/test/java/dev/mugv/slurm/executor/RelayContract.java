package dev.mugv.slurm.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What the script of a segment does that was queued while another works, on an executor that queues. */
public abstract class RelayContract extends ExecutorContract {
    private static final String SAVES_AND_LEAVES = "while [ ! -e $attempt/stop ]; do sleep 0.05; done; exit 72";

    /** Puts a running element back into the queue, as an administrator does. */
    protected abstract void requeue(String job, int index);

    @Test
    void aSuccessorThatStartsAsksItsPredecessorToLeaveAndGoesOnWhenItHas() throws IOException {
        ArraySubmission first = prepared(1, 1, SAVES_AND_LEAVES);
        ArraySubmission second = prepared(1, 1, "[ -s %s/0-0 ] && touch $submission/after".formatted(first.ended()));
        Executor executor = executor();
        executor.submit(first);
        await(executor, first, ExecutorContract::allRunning);
        holds(first, second);
        executor.submit(second);
        Observation.Ended left = ended(await(executor, first, ExecutorContract::allEnded), first, 0);
        assertThat(left.exitCode()).isEqualTo(OptionalInt.of(72));
        Observation.Ended ended = ended(await(executor, second, ExecutorContract::allEnded), second, 0);
        assertThat(ended.state()).isEqualTo(Observation.EndState.COMPLETED);
        assertThat(starts(first)).hasSize(1);
        assertThat(starts(second)).hasSize(1);
        assertThat(second.folder().resolve("after")).exists();
    }

    @Test
    void aSuccessorOfWorkThatIsDoneEndsWithoutAStart() throws IOException {
        ArraySubmission first = prepared(1, 1, "exit 0");
        ArraySubmission second = prepared(1, 1, "exit 0");
        Executor executor = executor();
        executor.submit(first);
        await(executor, first, ExecutorContract::allEnded);
        holds(first, second);
        executor.submit(second);
        Observation.Ended ended = ended(await(executor, second, ExecutorContract::allEnded), second, 0);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.of(75));
        assertThat(starts(second)).isEmpty();
    }

    @Test
    void aSuccessorOfWorkThatFailedWaitsForAWord() throws IOException {
        ArraySubmission first = prepared(1, 1, "exit 66");
        ArraySubmission second = prepared(1, 1, "exit 0");
        Executor executor = executor();
        executor.submit(first);
        await(executor, first, ExecutorContract::allEnded);
        holds(first, second);
        executor.submit(second);
        await(executor, second, ExecutorContract::allRunning);
        appears(first, "relayed");
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofSeconds(2).toNanos()); // two of its looks
        assertThat(starts(second)).isEmpty();
        Files.createFile(second.attempt(0).resolve("released"));
        Observation.Ended ended = ended(await(executor, second, ExecutorContract::allEnded), second, 0);
        assertThat(ended.exitCode()).as(told(second)).isEqualTo(OptionalInt.of(0));
        assertThat(starts(second)).hasSize(1);
    }

    @Test
    void aSuccessorThatIsStoppedWhileItWaitsNeverWorks() throws IOException {
        ArraySubmission first = prepared(1, 1, "exit 66");
        ArraySubmission second = prepared(1, 1, "exit 0");
        Executor executor = executor();
        executor.submit(first);
        await(executor, first, ExecutorContract::allEnded);
        holds(first, second);
        executor.submit(second);
        appears(first, "relayed");
        executor.stop(second, java.util.Set.of(0), Duration.ofMinutes(5));
        Observation.Ended ended = ended(await(executor, second, ExecutorContract::allEnded), second, 0);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.of(75));
        assertThat(starts(second)).isEmpty();
    }

    @Test
    void whatHasBeenHandedOnDoesNotWorkAgainWhenItIsPutBack() throws IOException {
        ArraySubmission first = prepared(1, 1, "while :; do sleep 0.05; done");
        ArraySubmission second = prepared(1, 1, "exit 0");
        Executor executor = executor();
        String job = ((SubmissionOutcome.Accepted) executor.submit(first)).externalId();
        await(executor, first, ExecutorContract::allRunning);
        while (starts(first).isEmpty()) {
            pause();
        }
        Files.writeString(first.attempt(0).resolve("relayed"), second.token() + "/0\n");
        requeue(job, 0);
        Observation.Ended ended = ended(await(executor, first, ExecutorContract::allEnded), first, 0);
        assertThat(ended.run()).isEqualTo(1);
        assertThat(ended.exitCode()).isEqualTo(OptionalInt.of(75));
        assertThat(starts(first)).hasSize(1);
    }

    private static void holds(ArraySubmission first, ArraySubmission second) throws IOException {
        Files.writeString(second.attempt(0).resolve("predecessor"), first.token() + "/attempts/0\n");
    }

    private static void appears(ArraySubmission submission, String name) {
        while (!Files.exists(submission.attempt(0).resolve(name))) {
            pause();
        }
    }
}
