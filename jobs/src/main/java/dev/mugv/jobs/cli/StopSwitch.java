package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.StopSignal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/**
 * Ctrl-C and SIGTERM during work: the first asks for an orderly stop, the second (Ctrl-C again) leaves at once, and so
 * does an orderly stop that takes too long. Leaving at once loses nothing: workers go on and are adopted next time.
 *
 * <p>A shutdown hook would not do: it hears of no second signal.
 */
final class StopSwitch {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final AtomicBoolean pressed = new AtomicBoolean();
    private final StopSignal signal;
    private final ProgressDisplay display;

    StopSwitch(StopSignal signal, ProgressDisplay display) {
        this.signal = signal;
        this.display = display;
    }

    void install() {
        Signal.handle(new Signal("INT"), received -> press());
        Signal.handle(new Signal("TERM"), received -> press());
    }

    private void press() {
        // Counted here and not read from the signal: another terminal may have asked before.
        if (pressed.getAndSet(true)) {
            leave("Left at once. Workers that were running go on; the same command finds them.");
        }
        signal.request();
        display.line("Stopping: workers save what they have. Ctrl-C again leaves at once; nothing is lost either way.");
        Thread limit = new Thread(this::leaveAfterLimit, "stop-limit");
        limit.setDaemon(true);
        limit.start();
    }

    private void leaveAfterLimit() {
        try {
            TimeUnit.MILLISECONDS.sleep(LIMIT.toMillis());
            leave("Left after waiting %d s for workers to save. The same command finds them."
                    .formatted(LIMIT.toSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(String message) {
        display.line(message);
        Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
    }
}
