package dev.mugv.jobs.certify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Faults as files, so that one process can switch them on and off in another. */
final class FaultFolder {
    private static final String KILL = "kill";

    private final Path folder;

    FaultFolder(Path folder) {
        this.folder = folder;
    }

    void put(Fault fault) {
        put(fault.name(), "");
    }

    void killAt(KillPoint point) {
        put(KILL, point.name());
    }

    private void put(String name, String content) {
        try {
            Files.createDirectories(folder);
            Path pending = Files.writeString(folder.resolve("pending-" + UUID.randomUUID()), content);
            Files.move(pending, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove(Fault fault) {
        try {
            Files.deleteIfExists(folder.resolve(fault.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isPresent(Fault fault) {
        return Files.exists(folder.resolve(fault.name()));
    }

    /** Takes a fault that happens once; true for one taker only. */
    boolean take(Fault fault) {
        return move(fault.name(), "used-" + fault.name());
    }

    /** Whether a fault that happens once has happened. */
    boolean isUsed(Fault fault) {
        return Files.exists(folder.resolve("used-" + fault.name()));
    }

    /** Waits, after a fault that happens once has been taken, until it is released. */
    void awaitRelease(Fault fault) {
        try {
            while (isUsed(fault)) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets go on what waits because of a fault that has been taken. */
    void release(Fault fault) {
        try {
            Files.deleteIfExists(folder.resolve("used-" + fault.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills this process like a machine that loses its power, if it is to be killed here. */
    void dieAt(KillPoint point) {
        try {
            if (!Files.readString(folder.resolve(KILL)).equals(point.name())
                    || !move(KILL, "killed-at-" + point.name())) {
                return;
            }
            new ProcessBuilder(
                            "kill", "-9", Long.toString(ProcessHandle.current().pid()))
                    .start();
            while (true) {
                TimeUnit.MINUTES.sleep(1); // no further step is taken while the signal is on its way
            }
        } catch (NoSuchFileException notToBeKilled) {
            // the usual case
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean move(String from, String to) {
        try {
            Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException absent) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What goes wrong with Slurm's commands. */
    enum Fault {
        /** The next sbatch is taken by Slurm, and its answer is lost. Once. */
        SBATCH_TAKEN,
        /** The next sbatch never reaches Slurm, and says the same. Once. */
        SBATCH_LOST,
        /** The next sbatch is about to be called, and waits until the fault is released. Once. */
        SBATCH_HELD,
        /** No command is answered. */
        SILENCE,
        /** The queue has forgotten whatever is over (MinJobAge). */
        FORGETFUL_QUEUE,
        /** Accounting does not answer. */
        ACCOUNTING_SILENT,
        /** Accounting knows an end only some seconds later. */
        ACCOUNTING_LATE
    }
}
