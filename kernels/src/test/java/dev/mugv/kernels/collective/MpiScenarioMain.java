package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CommunicatorContract.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One rank of a world of processes. Arguments: folder of results, size, deadline in milliseconds, scenarios. Leaves {@code
 * rank-R.txt} with a line a scenario: {@code ok NAME}, or what was thrown.
 */
final class MpiScenarioMain {
    /** Rank 1 is killed while the others wait for it. */
    static final String KILL = "KILL";

    private static final int FAILED = 3;

    private MpiScenarioMain() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Duration deadline = Duration.ofMillis(Long.parseLong(arguments[2]));
        // The start has a deadline of its own: processes need seconds for it on a busy machine.
        Communicator world = MpiCommunicator.open(Integer.parseInt(arguments[1]), Duration.ofMinutes(2), deadline);
        List<String> lines = new ArrayList<>();
        boolean failed = false;
        for (String name : List.of(arguments).subList(3, arguments.length)) {
            try {
                if (name.equals(KILL) && world.rank() == 1) {
                    new ProcessBuilder(
                                    "kill",
                                    "-KILL",
                                    "" + ProcessHandle.current().pid())
                            .start();
                    Thread.sleep(60_000);
                }
                // What the others of the dead rank are in.
                Scenario.valueOf(name.equals(KILL) ? "LARGE" : name).body().run(world);
                lines.add("ok " + name);
            } catch (Throwable e) {
                failed = true;
                lines.add(told(e));
                world.abort(String.valueOf(e.getMessage()));
                break;
            }
        }
        Files.write(folder.resolve("rank-" + world.rank() + ".txt"), lines);
        if (failed) {
            // The others shall say their part before mpirun ends them.
            sleep();
            Runtime.getRuntime().halt(FAILED);
        }
        if (arguments.length == 4 && Scenario.valueOf(arguments[3]).isFailing()) {
            // Stays until the others have found it missing.
            sleep();
            Runtime.getRuntime().halt(0);
        }
        world.close();
        System.exit(0);
    }

    private static void sleep() {
        try {
            Thread.sleep(4_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String told(Throwable e) {
        String message = String.valueOf(e.getMessage()).replace('\n', ' ');
        return e instanceof CollectiveFailure failure
                ? "failure %s %s %s"
                        .formatted(
                                failure.reason(),
                                failure.ranks().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",", "[", "]")),
                                message)
                : "error " + e.getClass().getSimpleName() + " " + message;
    }
}
