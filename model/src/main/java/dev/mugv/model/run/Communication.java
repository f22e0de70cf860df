package dev.mugv.model.run;

import java.time.Duration;

/**
 * How the ranks of an order reach each other, and which of them hold a model together; no part of what identifies the result.
 *
 * @param communicator by what
 * @param ranksPerProcess ranks that are threads of one worker process; 1 where processes are ranks
 * @param tensor ranks among which a model's matrices are cut
 * @param pipeline ranks among which its blocks are divided
 * @param deadlineSeconds after which a rank that is waited for counts as lost
 */
public record Communication(
        CommunicatorKind communicator, int ranksPerProcess, int tensor, int pipeline, int deadlineSeconds) {
    /** Of work that is not shared, or by files alone. */
    public static final Communication NONE = new Communication(CommunicatorKind.THREADS, 1, 600);

    /** Of ranks that all hold the whole model. */
    public Communication(CommunicatorKind communicator, int ranksPerProcess, int deadlineSeconds) {
        this(communicator, ranksPerProcess, 1, 1, deadlineSeconds);
    }

    public Communication {
        if (ranksPerProcess < 1
                || tensor < 1
                || pipeline < 1
                || deadlineSeconds < 1
                || (ranksPerProcess > 1 && communicator != CommunicatorKind.THREADS)) {
            throw new IllegalArgumentException(
                    "expected ranks per process, a deadline, and threads for several ranks of one process, found %s, %d, %d x %d, %d s"
                            .formatted(communicator, ranksPerProcess, tensor, pipeline, deadlineSeconds));
        }
    }

    public Duration deadline() {
        return Duration.ofSeconds(deadlineSeconds);
    }
}
