package dev.mugv.steps.work;

import java.time.Clock;

/** Time and audience of the engine; tests own all three. */
public record Surroundings(Clock clock, Waiter waiter, WorkListener listener) {}
