package dev.mugv.steps.database;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waiting with an end, for facts that the operating system does not announce.
 *
 * @param limit longest wait
 */
record Patience(Duration limit) {
    /** Whether the condition came true within the limit; it is asked at least once. */
    boolean until(BooleanSupplier condition, Duration poll) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(poll.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
