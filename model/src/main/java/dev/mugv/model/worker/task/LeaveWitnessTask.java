package dev.mugv.model.worker.task;

import dev.mugv.model.format.WitnessLine;
import dev.mugv.model.format.WitnessOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.StopRequestedException;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkTask;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code LEAVE_WITNESS}: works for a moment and says so in a file of its own, so that starts, copies and ends can be counted
 * by whoever does not trust the engine. Run number and job come from the executor's variables, not from the engine.
 */
public final class LeaveWitnessTask implements WorkTask {
    private static final long SIGN_OF_LIFE_MILLIS = 250;
    /** Five minutes: nothing is held for ever by a file that was forgotten. */
    private static final int MOST_HELD = 1200;

    private static final int KILLED_FOR_MEMORY = 0;

    @Override
    public void run(TaskContext context) throws IOException, InterruptedException {
        WitnessOrder order = context.parameters(WitnessOrder.class);
        Witness witness = Witness.of(context, order, System.getenv());
        witness.say(WitnessLine.Event.STARTED);
        boolean firstAttempt = context.order().attempt() == 1;
        if (order.hungryMebibytes() > 0 && firstAttempt) {
            eat(order.hungryMebibytes());
            witness.say(WitnessLine.Event.UNLIMITED);
        }
        boolean first = witness.run() == 0;
        work(context, witness, first ? order.firstMillis() : order.laterMillis());
        Path hold = context.order().workspace().resolve(order.hold());
        for (int i = 0; first && i < MOST_HELD && Files.exists(hold); i++) {
            work(context, witness, SIGN_OF_LIFE_MILLIS);
        }
        Files.writeString(context.pendingOutput().resolve("witness.txt"), order.name() + "\n");
        witness.say(WitnessLine.Event.DONE);
    }

    private static void work(TaskContext context, Witness witness, long millis)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        long done = 0;
        while (done < millis) {
            TimeUnit.MILLISECONDS.sleep(Math.min(SIGN_OF_LIFE_MILLIS, millis - done));
            done = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            witness.say(WitnessLine.Event.ALIVE);
            context.progress(Math.min(done, millis), millis, "millisecond");
            if (context.isStopRequested()) {
                witness.say(WitnessLine.Event.STOPPED);
                throw new StopRequestedException("asked to stop after " + done + " ms");
            }
        }
    }

    /**
     * A child takes the memory, and when it is killed this process ends with exit code 0 and no exit record: as a program does
     * whose helper was killed and that has not noticed. Returns only where nothing limits memory.
     */
    private static void eat(int mebibytes) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        "/bin/bash", "-c", "x=$(head -c \"$1\"M /dev/zero | tr '\\0' a)", "eat", "" + mebibytes)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (child.waitFor() != 0) {
            Runtime.getRuntime().halt(KILLED_FOR_MEMORY);
        }
    }

    /** This run's file. */
    private record Witness(Path file, TaskContext context, String piece, int run, String host, String job) {
        static Witness of(TaskContext context, WitnessOrder order, Map<String, String> environment) throws IOException {
            int run = Integer.parseInt(environment.getOrDefault("SLURM_RESTART_COUNT", "0"));
            Path folder = Files.createDirectories(context.order().workspace().resolve(order.folder()));
            String name = "%s_%d_%d_%d.jsonl"
                    .formatted(
                            context.order().token(),
                            context.order().index(),
                            run,
                            ProcessHandle.current().pid());
            return new Witness(
                    folder.resolve(name),
                    context,
                    order.name(),
                    run,
                    InetAddress.getLocalHost().getHostName(),
                    environment.getOrDefault("SLURM_JOB_ID", ""));
        }

        void say(WitnessLine.Event event) throws IOException {
            WitnessLine line = new WitnessLine(
                    event,
                    piece,
                    context.order().token(),
                    context.order().index(),
                    context.order().attempt(),
                    run,
                    host,
                    ProcessHandle.current().pid(),
                    job,
                    Instant.now());
            Files.write(file, List.of(Json.text(line)), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }
}
