package dev.mugv.model.train;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkOrder;
import dev.mugv.model.tensor.ResidentSize;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker's training in a JVM of its own: trains a model of width 72 through the real task and prints after update 200 and after
 * the last one, one a line: resident KiB, KiB of Java's heap after a collection, and bytes that an update allocated there on
 * average since the line before.
 */
public final class MemoryProbe implements TaskContext {
    private static final int WARM = 200;

    private final TaskContext context;
    private final long last;
    private long reported;
    private long allocated;

    private MemoryProbe(TaskContext context, long last) {
        this.context = context;
        this.last = last;
    }

    /**
     * @param arguments folder, updates, layers, side of the frames in pixels, precision
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int updates = Integer.parseInt(arguments[1]);
        int side = Integer.parseInt(arguments[3]);
        ComputePrecision precision = ComputePrecision.valueOf(arguments[4].toUpperCase(Locale.ROOT));
        VideoShape shape = new VideoShape(side, side, 16, 8);
        OptimizerConfiguration optimizer = new OptimizerConfiguration(1e-3, 1e-4, 20, 0.9, 0.99, 1e-8, 0.01, 1);
        // Whole null captions and single tokens of them take different paths; the longer one is taken here.
        CaptionDropout dropout = new CaptionDropout(CaptionDropout.Kind.TOKEN, 0.1, 0.5);
        TrainingStage stage = new TrainingStage(
                "probe",
                updates,
                4,
                List.of(new ShapePhase(1, shape)),
                0.3,
                0,
                0.5,
                dropout,
                optimizer,
                // The first checkpoint before the first measurement: what it brings up once is no growth.
                50,
                1,
                ComputePrecision.FP32);
        TrainModelOrder order = new TrainModelOrder(
                new DitSize(72, Integer.parseInt(arguments[2]), 16, 8),
                new TrainModelOrder.FlowMatching(stage, 0),
                TinyTraining.TRAINING_CLIPS,
                new ValidationGrid(List.of("held"), shape, 4, 1),
                ParallelMode.FAST);
        TinyTraining tiny = new TinyTraining(folder, List.of(shape, shape.image()));
        RecordingTaskContext context = tiny.context("run", order, Map.of());
        new ModelTraining(new MemoryProbe(context, updates)).run();
    }

    @Override
    public void progress(long done, long total, String unit) {
        if (done == WARM || done == last) {
            awaitWriter();
            long resident = ResidentSize.kibibytes();
            long perUpdate = (allocatedBytes() - allocated) / (done - reported);
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            System.out.println(
                    resident + " " + (runtime.totalMemory() - runtime.freeMemory()) / 1024 + " " + perUpdate);
            reported = done;
            allocated = allocatedBytes();
        }
    }

    /** What a checkpoint that is being written holds for the moment is no growth. */
    private void awaitWriter() {
        String[] pending;
        do {
            LockSupport.parkNanos(5_000_000);
            pending = durableFolder().toFile().list((folder, name) -> name.startsWith(".pending-"));
        } while (pending != null && pending.length > 0);
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Override
    public WorkOrder order() {
        return context.order();
    }

    @Override
    public Path pendingOutput() {
        return context.pendingOutput();
    }

    @Override
    public Path input(ArtifactRef ref) {
        return context.input(ref);
    }

    @Override
    public Path durableFolder() {
        return context.durableFolder();
    }

    @Override
    public void log(String line) {
        context.log(line);
    }

    @Override
    public boolean isStopRequested() {
        return false;
    }

    @Override
    public void requireClaim() {}
}
