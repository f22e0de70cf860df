package dev.mugv.model.train;

import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.MetricsLine;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Communication;
import dev.mugv.model.run.CommunicatorKind;
import dev.mugv.model.run.Rank;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One rank of a training in a JVM of its own, under mpirun or alone; the leader prints the seconds of every update but the first
 * ones, in one line.
 */
public final class ScalingProbe implements TaskContext {
    private static final int WARM = 5;

    private final RecordingTaskContext context;
    private final Path common;
    private final Rank rank;
    private final WorkOrder order;

    private ScalingProbe(RecordingTaskContext context, Path common, Rank rank) {
        this.context = context;
        this.common = common;
        this.rank = rank;
        WorkOrder alone = context.order();
        this.order = new WorkOrder(
                alone.formatVersion(),
                alone.token(),
                alone.index(),
                alone.attempt(),
                alone.task(),
                alone.key(),
                alone.workspace(),
                alone.parameters(),
                alone.inputs(),
                alone.threads(),
                IntStream.range(0, rank.size())
                        .mapToObj(number -> new WorkOrder.RankPlace(number, "", "cpu"))
                        .toList(),
                new Communication(CommunicatorKind.MPI, 1, 120));
    }

    /**
     * @param arguments folder, width, layers, samples a rank, updates, side of the frames in pixels, mode, ranks
     */
    public static void main(String[] arguments) throws IOException {
        int ranks = Integer.parseInt(arguments[7]);
        int number = ranks == 1 ? 0 : Integer.parseInt(System.getenv().getOrDefault("OMPI_COMM_WORLD_RANK", "0"));
        Path common = Files.createDirectories(Path.of(arguments[0]));
        Path own = Files.createDirectories(common.resolve("rank-" + number));
        int updates = Integer.parseInt(arguments[4]);
        int side = Integer.parseInt(arguments[5]);
        VideoShape shape = new VideoShape(side, side, 16, 8);
        TrainingStage stage = new TrainingStage(
                "probe",
                updates,
                ranks * Integer.parseInt(arguments[3]),
                List.of(new ShapePhase(1, shape)),
                0,
                0,
                0,
                CaptionDropout.NONE,
                new OptimizerConfiguration(1e-3, 1e-4, 20, 0.9, 0.99, 1e-8, 0.01, 1),
                updates,
                1,
                ComputePrecision.FP32);
        TrainModelOrder order = new TrainModelOrder(
                new DitSize(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), 16, 8),
                new TrainModelOrder.FlowMatching(stage, 0),
                TinyTraining.TRAINING_CLIPS,
                new ValidationGrid(List.of("held"), shape, 2, 1),
                ParallelMode.valueOf(arguments[6].toUpperCase(Locale.ROOT)));
        TinyTraining tiny = new TinyTraining(own, List.of(shape, shape.image()));
        Rank rank = new Rank(number, ranks, number, List.of("localhost"), common);
        new ModelTraining(new ScalingProbe(tiny.context("run", order, Map.of()), common, rank)).run();
        if (rank.leads()) {
            StringBuilder line = new StringBuilder("seconds");
            MetricsLine.readAll(own.resolve("run/output").resolve(MetricsLine.FILE_NAME)).stream()
                    .skip(1L + WARM)
                    .forEach(update -> line.append(' ').append(update.figure(MetricsLine.SECONDS_PER_UPDATE)));
            System.out.println(line);
        }
        System.exit(0);
    }

    @Override
    public WorkOrder order() {
        return order;
    }

    @Override
    public Rank rank() {
        return rank;
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
        try {
            return Files.createDirectories(common.resolve("durable"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void progress(long done, long total, String unit) {}

    @Override
    public void log(String line) {}

    @Override
    public boolean isStopRequested() {
        return false;
    }

    @Override
    public void requireClaim() {}
}
