package dev.mugv.steps.work;

import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.worker.TaskRegistry;
import dev.mugv.model.worker.Worker;
import dev.mugv.model.worker.WorkerArguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The product's worker with a task of a test: notes its start, and works while the file {@code hold} is in the
 * workspace.
 */
public final class TestWorkerMain {
    private TestWorkerMain() {}

    public static void main(String[] arguments) {
        Worker worker = new Worker(
                new TaskRegistry(Map.of(
                        TaskKind.CURATE_VIDEO,
                        () -> TestWorkerMain::work,
                        TaskKind.TRAIN_MODEL,
                        () -> TestWorkerMain::work)),
                kind -> "test",
                Clock.systemUTC(),
                Duration.ofMillis(20));
        System.exit(worker.run(WorkerArguments.parse(List.of(arguments))));
    }

    private static void work(TaskContext context) throws IOException {
        String name = context.order().parameters().get("name").asString();
        Path workspace = context.order().workspace();
        String line = name + " " + ProcessHandle.current().pid() + "\n";
        Files.writeString(workspace.resolve("starts"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        while (Files.exists(workspace.resolve("hold"))) {
            if (context.isStopRequested()) {
                throw new StopRequestedException("saved");
            }
            Waiter.system().pause(Duration.ofMillis(10));
        }
        Files.writeString(context.pendingOutput().resolve("result.txt"), name);
    }

    /** Starts this class from the test's class path. */
    static WorkerProgram program() {
        WorkerProgram inProcess = Bench.inProcess();
        return new WorkerProgram() {
            @Override
            public List<String> command(WorkResources resources) {
                return List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        TestWorkerMain.class.getName());
            }

            @Override
            public TreeMap<String, String> environment(WorkResources resources) {
                return new TreeMap<>(Map.of("LC_ALL", "C.UTF-8"));
            }

            @Override
            public String codeVersion(TaskKind task) {
                return inProcess.codeVersion(task);
            }
        };
    }
}
