package dev.mugv.bench;

import dev.mugv.slurm.client.CommandLineSlurmClient;
import dev.mugv.slurm.cluster.ClusterIdentity;
import dev.mugv.slurm.cluster.OwnRounds;
import dev.mugv.slurm.cluster.SlurmExecutor;
import dev.mugv.slurm.cluster.SlurmTimings;
import dev.mugv.slurm.command.CommandRunner;
import dev.mugv.slurm.command.LocalCommandRunner;
import dev.mugv.slurm.executor.ArraySubmission;
import dev.mugv.slurm.executor.ElementId;
import dev.mugv.slurm.executor.Executor;
import dev.mugv.slurm.executor.Observation;
import dev.mugv.slurm.script.Resources;
import dev.mugv.slurm.script.WorkerArrayScript;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * How the Slurm executor carries one array of many tiny elements on the cluster of this shell, at the product's own pace:
 * commands by kind and by minute, the time from an element's end to its observation, and how long a new controller needs
 * to adopt all that live.
 *
 * <p>Arguments: folder that nodes share (absolute), elements, seconds that an element sleeps.
 */
public final class SlurmArrayTiming {
    private static final List<String> PROGRAMS = List.of("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo");
    private static final PrintStream OUT = System.out;

    private final Map<String, Integer> calls = new TreeMap<>();
    private final List<Instant> statusCalls = new ArrayList<>();

    private SlurmArrayTiming() {}

    public static void main(String[] arguments) throws IOException {
        new SlurmArrayTiming()
                .measure(Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    }

    private void measure(Path folder, int elements, int seconds) throws IOException {
        ArraySubmission submission = prepare(folder, elements, seconds);
        long begun = System.nanoTime();
        OUT.printf("submitted: %s, %.0f ms%n", executor().submit(submission), milliseconds(begun));
        LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
        begun = System.nanoTime();
        int adopted = executor().observe(List.of(submission)).size();
        OUT.printf("adopted by a new controller: %d elements, %.0f ms%n", adopted, milliseconds(begun));

        Map<ElementId, Instant> decided = new HashMap<>();
        Executor executor = executor();
        Instant start = Instant.now();
        while (decided.size() < elements) {
            Map<ElementId, Observation> found = executor.observe(List.of(submission));
            Instant now = Instant.now();
            found.forEach((element, observation) -> {
                if (observation instanceof Observation.Ended) {
                    decided.putIfAbsent(element, now);
                }
            });
            LockSupport.parkNanos(executor.observationInterval().toNanos());
        }
        report(submission, decided, start);
    }

    private void report(ArraySubmission submission, Map<ElementId, Instant> decided, Instant start) throws IOException {
        List<Double> delays = new ArrayList<>();
        for (int index = 0; index < submission.elements(); index++) {
            Instant end = Files.getLastModifiedTime(submission.log(index, 0)).toInstant();
            delays.add(Duration.between(end, decided.get(submission.element(index)))
                            .toMillis()
                    / 1000.0);
        }
        delays.sort(null);
        double minutes = Duration.between(start, Instant.now()).toMillis() / 60_000.0;
        OUT.printf(Locale.ROOT, "ended: %d elements in %.1f min%n", decided.size(), minutes);
        OUT.printf(
                Locale.ROOT,
                "from an element's end to its decision: median %.1f s, 99 %% %.1f s, most %.1f s%n",
                delays.get(delays.size() / 2),
                delays.get(delays.size() * 99 / 100),
                delays.get(delays.size() - 1));
        OUT.printf(
                Locale.ROOT,
                "commands: %s; status calls in the busiest minute: %d, in the mean: %.1f%n",
                calls,
                busiestMinute(),
                statusCalls.size() / Math.max(minutes, 1 / 60.0));
    }

    private long busiestMinute() {
        return statusCalls.stream()
                .mapToLong(from -> statusCalls.stream()
                        .filter(each -> !each.isBefore(from) && each.isBefore(from.plusSeconds(60)))
                        .count())
                .max()
                .orElse(0);
    }

    private Executor executor() {
        LocalCommandRunner real = new LocalCommandRunner();
        CommandRunner counted = (command, limit) -> {
            String program =
                    command.stream().filter(PROGRAMS::contains).findFirst().orElse("?");
            calls.merge(program, 1, Integer::sum);
            if (program.equals("squeue") || program.equals("sacct")) {
                statusCalls.add(Instant.now());
            }
            return real.run(command, limit);
        };
        Duration limit = Duration.ofSeconds(60);
        CommandLineSlurmClient client = new CommandLineSlurmClient(counted, limit);
        SlurmTimings timings = SlurmTimings.standard(limit);
        return new SlurmExecutor(
                client,
                new ClusterIdentity(client, "me", Clock.systemUTC()),
                new OwnRounds(client, timings, Clock.systemUTC()),
                timings,
                1001,
                Clock.systemUTC());
    }

    private static ArraySubmission prepare(Path folder, int elements, int seconds) throws IOException {
        String token = UUID.randomUUID().toString().replace("-", "");
        ArraySubmission submission =
                new ArraySubmission(token, folder.resolve(token), elements, elements, Instant.now());
        for (int index = 0; index < elements; index++) {
            Files.createDirectories(submission.attempt(index));
        }
        WorkerArrayScript script = new WorkerArrayScript(
                token,
                submission.folder(),
                elements,
                elements,
                new Resources(1, 50, Duration.ofMinutes(10), List.of()),
                List.of("/bin/bash", "-c", "sleep " + seconds, "worker"),
                new TreeMap<>());
        Files.writeString(submission.script(), script.render());
        return submission;
    }

    private static double milliseconds(long since) {
        return (System.nanoTime() - since) / 1e6;
    }
}
