package dev.mugv.steps.work;

import java.time.Duration;

/** Lets time pass; tests own theirs. */
@FunctionalInterface
public interface Waiter {
    /**
     * Returns after this long, or at once when the thread is interrupted, whose mark then stays set.
     */
    void pause(Duration duration);

    /** Real time. */
    static Waiter system() {
        return duration -> {
            try {
                java.util.concurrent.TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }
}
