package dev.mugv.jobs.batch;

import java.util.concurrent.atomic.AtomicBoolean;

/** The wish to stop, from whichever thread has it to whichever acts on it. */
public final class StopSignal {
    private final AtomicBoolean requested = new AtomicBoolean();

    public void request() {
        requested.set(true);
    }

    public boolean isRequested() {
        return requested.get();
    }
}
