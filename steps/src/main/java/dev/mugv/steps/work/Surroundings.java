package dev.mugv.steps.work;

import java.time.Clock;

/**
 * Time and audience of the engine; tests own all of it.
 *
 * @param stay whether the engine waits for what is under way
 */
public record Surroundings(Clock clock, Waiter waiter, WorkListener listener, Stay stay) {
    /** Of a controller that stays until everything is done. */
    public Surroundings(Clock clock, Waiter waiter, WorkListener listener) {
        this(clock, waiter, listener, Stay.UNTIL_DONE);
    }
}
