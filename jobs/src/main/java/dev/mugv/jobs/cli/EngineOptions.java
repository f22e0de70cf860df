package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import picocli.CommandLine.Option;

/** Options of the commands that need the tensor engine. */
final class EngineOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of one tensor operation (default: all processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    int threads() {
        return threads;
    }

    /** The process that does the command's work. */
    ToolProcess process() {
        if (threads < 1) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot start the tensor engine: expected at least 1 thread, found %d. Correct --threads."
                            .formatted(threads));
        }
        return new ToolProcess(Distribution.ofThisProcess(), threads);
    }
}
