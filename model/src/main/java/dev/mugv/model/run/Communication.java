package dev.mugv.model.run;

import java.time.Duration;

/**
 * How the ranks of an order reach each other; no part of what decides the result.
 *
 * @param communicator by what
 * @param ranksPerProcess ranks that are threads of one worker process; 1 where processes are ranks
 * @param deadlineSeconds after which a rank that is waited for counts as lost
 */
public record Communication(CommunicatorKind communicator, int ranksPerProcess, int deadlineSeconds) {
    /** Of work that is not shared, or by files alone. */
    public static final Communication NONE = new Communication(CommunicatorKind.THREADS, 1, 600);

    public Communication {
        if (ranksPerProcess < 1
                || deadlineSeconds < 1
                || (ranksPerProcess > 1 && communicator != CommunicatorKind.THREADS)) {
            throw new IllegalArgumentException(
                    "expected ranks per process, a deadline, and threads for several ranks of one process, found %s, %d, %d s"
                            .formatted(communicator, ranksPerProcess, deadlineSeconds));
        }
    }

    public Duration deadline() {
        return Duration.ofSeconds(deadlineSeconds);
    }
}
