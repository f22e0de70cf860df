package dev.mugv.model.worker;

import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.Heartbeat;
import dev.mugv.model.run.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rewrites a run's heartbeat file, and looks for reasons to stop, at a fixed interval until closed. */
final class HeartbeatThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatThread.class);

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "heartbeat");
        thread.setDaemon(true);
        return thread;
    });
    private final Path file;
    private final Supplier<Heartbeat> heartbeat;
    private final Runnable check;
    private boolean complained;

    HeartbeatThread(Path file, Supplier<Heartbeat> heartbeat, Runnable check) {
        this.file = file;
        this.heartbeat = heartbeat;
        this.check = check;
    }

    void start(Duration interval) {
        beat();
        var unused = executor.scheduleWithFixedDelay(
                this::beat, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The last beat is written before this returns, so that the file shows where the run ended. */
    @Override
    public void close() {
        executor.shutdownNow();
        beat();
    }

    /** Not fsynced: it is a hint, and a lost one is followed by the next. An error (a full disk) is logged once. */
    private synchronized void beat() {
        try {
            check.run();
            Heartbeat now = heartbeat.get();
            Path pending = DurableFile.pendingName(file);
            Files.write(pending, Json.bytes(now));
            Files.move(pending, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | UncheckedIOException e) {
            if (!complained) {
                complained = true;
                LOG.warn("Cannot write the heartbeat: {}. The work goes on.", e.toString());
            }
        }
    }
}
