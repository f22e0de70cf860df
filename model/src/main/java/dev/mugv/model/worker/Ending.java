package dev.mugv.model.worker;

import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.run.WorkerExit;
import org.jspecify.annotations.Nullable;

/** How the work of one run ended. */
sealed interface Ending {
    ExitRecord.Outcome outcome();

    int exitCode();

    default @Nullable FailureKind failure() {
        return null;
    }

    default @Nullable String message() {
        return null;
    }

    default @Nullable String manifestSha256() {
        return null;
    }

    record Succeeded(ArtifactRef artifact) implements Ending {
        @Override
        public ExitRecord.Outcome outcome() {
            return ExitRecord.Outcome.SUCCEEDED;
        }

        @Override
        public int exitCode() {
            return WorkerExit.SUCCEEDED.code();
        }

        @Override
        public String manifestSha256() {
            return artifact.manifestSha256();
        }
    }

    /** The part of a rank that does not lead: done, nothing published by it. */
    record Contributed() implements Ending {
        @Override
        public ExitRecord.Outcome outcome() {
            return ExitRecord.Outcome.SUCCEEDED;
        }

        @Override
        public int exitCode() {
            return WorkerExit.SUCCEEDED.code();
        }
    }

    record Stopped(String reason) implements Ending {
        @Override
        public ExitRecord.Outcome outcome() {
            return ExitRecord.Outcome.STOPPED;
        }

        @Override
        public int exitCode() {
            return WorkerExit.STOPPED.code();
        }

        @Override
        public String message() {
            return reason;
        }
    }

    record Failed(WorkFailure cause) implements Ending {
        @Override
        public ExitRecord.Outcome outcome() {
            return ExitRecord.Outcome.FAILED;
        }

        @Override
        public int exitCode() {
            return cause.kind().exitCode();
        }

        @Override
        public FailureKind failure() {
            return cause.kind();
        }

        @Override
        public String message() {
            return cause.text();
        }
    }
}
