package dev.mugv.model.worker;

import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.WorkFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Entry point of a worker's JVM: {@link WorkerArguments}. */
public final class WorkerMain {
    private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

    private WorkerMain() {}

    public static void main(String[] arguments) {
        // Exits even when a library left a thread of its own running.
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            Worker worker =
                    new Worker(WorkerTasks.registry(), new CodeVersion()::of, Clock.systemUTC(), HEARTBEAT_INTERVAL);
            return worker.run(WorkerArguments.parse(arguments));
        } catch (WorkFailure e) {
            System.err.println(e.text());
            return e.kind().exitCode();
        }
    }
}
