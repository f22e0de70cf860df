package dev.mugv.model.worker;

import dev.mugv.kernels.collective.CollectiveFailure;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.StorageFailure;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Gives every throwable a kind and a message; a full disk or heap is found however deep it is wrapped. */
public final class FailureClassifier {
    private FailureClassifier() {}

    /** The failure that this throwable means; {@code place} is where output was being written. */
    public static WorkFailure classify(Throwable cause, Path place) {
        if (cause instanceof WorkFailure failure && failure.kind() == FailureKind.DISK_FULL) {
            return failure;
        }
        if (StorageFailure.isDiskFull(cause)) {
            return new WorkFailure(
                    FailureKind.DISK_FULL,
                    "Cannot write below '%s': no space left on the device. Free disk space and give the command again."
                            .formatted(place),
                    cause);
        }
        if (cause instanceof OutOfMemoryError) {
            return new WorkFailure(
                    FailureKind.RESOURCE_EXHAUSTED,
                    "Cannot finish the work: the heap of %d MiB is full (%s). Give the step more memory."
                            .formatted(Runtime.getRuntime().maxMemory() >> 20, cause.getMessage()),
                    cause);
        }
        if (cause instanceof WorkFailure failure) {
            return failure;
        }
        if (cause instanceof CollectiveFailure failure) {
            FailureKind kind = switch (failure.reason()) {
                case MISSING_RANK, ABORTED -> FailureKind.RANK_LOST;
                case MISMATCH, LIBRARY -> FailureKind.INVALID_REQUEST;
            };
            return new WorkFailure(kind, String.valueOf(failure.getMessage()), cause);
        }
        if (cause instanceof IOException || cause instanceof UncheckedIOException) {
            return new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot finish the work: %s. Check that storage is reachable; it is tried again.".formatted(cause),
                    cause);
        }
        return new WorkFailure(
                FailureKind.DEFECT,
                "Cannot finish the work: unexpected %s. Report this with the attempt's log.".formatted(cause),
                cause);
    }
}
