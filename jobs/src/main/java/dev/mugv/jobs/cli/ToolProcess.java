package dev.mugv.jobs.cli;

import dev.mugv.jobs.batch.Distribution;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that needs the tensor engine, done by a JVM with the workers' class path on this terminal. The controller has no
 * engine of its own: loading it would cost every other command a second.
 */
final class ToolProcess {
    private static final String MAIN = "dev.mugv.model.tool.ToolMain";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Distribution distribution;
    private final int threads;

    /**
     * @param threads of one tensor operation, at least 1
     */
    ToolProcess(Distribution distribution, int threads) {
        this.distribution = distribution;
        this.threads = threads;
    }

    /**
     * Runs a tool to its end; its output goes where this process's goes.
     *
     * @param request a request record of {@code model.format}
     * @return its exit code
     */
    int run(ToolKind kind, Object request) {
        ProcessBuilder builder = new ProcessBuilder(command(kind, request)).inheritIO();
        builder.environment().putAll(environment());
        try {
            // Ctrl-C reaches the tool itself: it is in the terminal's foreground group, as this process is.
            Process tool = builder.start();
            Thread end = new Thread(() -> end(tool), "end the tool");
            Runtime.getRuntime().addShutdownHook(end);
            int code = tool.waitFor();
            Runtime.getRuntime().removeShutdownHook(end);
            return code;
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.TRANSIENT,
                    "Cannot start the tensor engine's process: %s. Check memory and process limits, then try again."
                            .formatted(e),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED.code();
        }
    }

    /** No tool goes on for somebody who is gone; what it has not finished, it takes away first. */
    private static void end(Process tool) {
        tool.destroy();
        try {
            tool.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> command(ToolKind kind, Object request) {
        return List.of(
                Distribution.java().toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dfile.encoding=UTF-8",
                "-Dorg.slf4j.simpleLogger.log.ai.djl=warn",
                // It warns of a missing GPU driver at every start.
                "-Dorg.slf4j.simpleLogger.log.ai.djl.util.cuda=error",
                "-Dai.djl.pytorch.num_threads=" + threads,
                "-Dmugv.columns=" + Terminal.ofThisProcess().columns(),
                "-cp",
                distribution.workerClassPath(),
                MAIN,
                kind.label(),
                Json.text(request));
    }

    /** As for workers: see {@code JavaWorkerProgram}. */
    private Map<String, String> environment() {
        return Map.of(
                "DJL_OFFLINE", "true",
                "OPT_OUT_TRACKING", "true",
                "OMP_NUM_THREADS", Integer.toString(threads),
                "OMP_WAIT_POLICY", "passive",
                "MKL_CBWR", "AUTO",
                "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    }
}
