package dev.mugv.bench;

import dev.mugv.model.format.TrainingEvent;
import dev.mugv.model.run.ExitRecord;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.train.SoakWorkspace;
import dev.mugv.model.worker.WorkerMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Kills the worker of a small training with SIGKILL at random instants, lets the next run go on, and compares the final weights with
 * those of a training that was left alone. A third of the kills come while a checkpoint is being written, a tenth before the first
 * update, the rest anywhere. Arguments: kills, seed, folder (200 1 and a new one without any). Exit code 0 only when every kill hit
 * a live worker and the weights are equal.
 */
public final class TrainingSoak {
    private static final int UPDATES_PER_KILL = 8;
    private static final int CHECKPOINT_EVERY = 4;
    private static final Duration LONGEST_RUN = Duration.ofMinutes(10);

    private final SoakWorkspace workspace;
    private final Random random;
    private int run;

    private TrainingSoak(SoakWorkspace workspace, long seed) {
        this.workspace = workspace;
        this.random = new Random(seed);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int kills = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        Path folder = arguments.length > 2 ? Path.of(arguments[2]) : Files.createTempDirectory("training-soak");
        int updates = Math.max(60, kills * UPDATES_PER_KILL);
        Files.createDirectories(folder.resolve("alone"));
        Files.createDirectories(folder.resolve("killed"));
        TrainingSoak alone = new TrainingSoak(
                SoakWorkspace.prepare(folder.resolve("alone").toRealPath(), updates, CHECKPOINT_EVERY), seed);
        alone.finish();
        TrainingSoak killed = new TrainingSoak(
                SoakWorkspace.prepare(folder.resolve("killed").toRealPath(), updates, CHECKPOINT_EVERY), seed);
        Map<String, Integer> hits = new TreeMap<>();
        int done = 0;
        while (done < kills && !Files.exists(killed.workspace.weights())) {
            String hit = killed.killOnce(2 * updates / kills);
            hits.merge(hit, 1, Integer::sum);
            done += hit.equals("ended by itself") ? 0 : 1;
        }
        killed.finish();
        String expected = Sha256.ofFile(alone.workspace.weights());
        String found = Sha256.ofFile(killed.workspace.weights());
        System.out.printf(
                "%d updates, %d kills in %d runs (%s), events %s%nundisturbed %s (%s)%nkilled      %s: %s%n",
                updates,
                done,
                killed.run,
                hits,
                events(killed.workspace),
                expected,
                events(alone.workspace),
                found,
                expected.equals(found) && done == kills ? "equal" : "FAILED");
        System.exit(expected.equals(found) && done == kills ? 0 : 1);
    }

    /** Starts a run and kills it at an instant that is drawn; says what it was doing. */
    private String killOnce(int mostUpdates) throws IOException, InterruptedException {
        double kind = random.nextDouble();
        long lines = metricsBytes();
        // A line of metrics has about 400 bytes.
        long target = lines + (kind < 0.1 ? 0 : (long) (400.0 * random.nextInt(Math.max(1, mostUpdates))));
        long delay = random.nextInt(kind < 0.1 ? 1500 : 20);
        boolean whileSaving = kind >= 0.1 && kind < 0.45;
        Process worker = start();
        long begun = System.nanoTime();
        while (worker.isAlive() && System.nanoTime() - begun < LONGEST_RUN.toNanos()) {
            if (kind < 0.1 || (whileSaving ? isSaving() && metricsBytes() >= target : metricsBytes() > target)) {
                break;
            }
            Thread.sleep(1);
        }
        if (whileSaving) {
            spin(random.nextInt(4_000_000));
        } else {
            Thread.sleep(delay);
        }
        boolean saving = isSaving();
        boolean live = worker.isAlive();
        worker.destroyForcibly().waitFor();
        if (!live) {
            return "ended by itself";
        }
        return saving ? "while a checkpoint was written" : kind < 0.1 ? "while it started" : "between checkpoints";
    }

    /** Runs to the end. */
    private void finish() throws IOException, InterruptedException {
        for (int tries = 0; tries < 3 && !Files.exists(workspace.weights()); tries++) {
            if (!start().waitFor(LONGEST_RUN.toMinutes(), TimeUnit.MINUTES)) {
                throw new IllegalStateException("the training does not end");
            }
        }
        ExitRecord record = ExitRecord.find(workspace.attempt(), run - 1).orElseThrow();
        if (record.outcome() != ExitRecord.Outcome.SUCCEEDED) {
            throw new IllegalStateException("the last run ended with " + record.outcome() + ": " + record.message());
        }
    }

    private Process start() throws IOException {
        Files.createFile(workspace.attempt().claim(run));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                "--order",
                workspace.attempt().order().toString(),
                "--attempt-folder",
                workspace.attempt().path().toString(),
                "--run",
                Integer.toString(run)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        workspace.attempt().path().resolve("log").toFile()));
        builder.environment().put("MKL_CBWR", "AUTO");
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("DJL_OFFLINE", "true");
        run++;
        return builder.start();
    }

    private long metricsBytes() {
        Path metrics = workspace.durableFolder().resolve("metrics.jsonl");
        try {
            return Files.exists(metrics) ? Files.size(metrics) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private boolean isSaving() {
        if (!Files.isDirectory(workspace.durableFolder())) {
            return false;
        }
        try (Stream<Path> entries = Files.list(workspace.durableFolder())) {
            return entries.anyMatch(entry -> entry.getFileName().toString().startsWith(".pending-update"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static Map<TrainingEvent.Kind, Integer> events(SoakWorkspace workspace) {
        Map<TrainingEvent.Kind, Integer> counts = new TreeMap<>();
        TrainingEvent.readAll(workspace.durableFolder()).forEach(event -> counts.merge(event.kind(), 1, Integer::sum));
        return counts;
    }

    private static void spin(long nanoseconds) {
        long until = System.nanoTime() + nanoseconds;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }
}
