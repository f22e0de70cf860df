package dev.mugv.model.train;

import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.CaptionDropout;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.OptimizerConfiguration;
import dev.mugv.model.config.ParallelMode;
import dev.mugv.model.config.ShapePhase;
import dev.mugv.model.config.TrainingStage;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.LatentShard;
import dev.mugv.model.format.TrainModelOrder;
import dev.mugv.model.format.ValidationGrid;
import dev.mugv.model.format.WeightedClip;
import dev.mugv.model.run.ArtifactRef;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.worker.task.TrainModelTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Clips, shards and orders small enough that a training takes a second. */
final class TinyTraining {
    static final VideoShape SMALL = new VideoShape(32, 32, 16, 8);
    static final VideoShape LONG = new VideoShape(32, 32, 24, 8);
    static final DitSize SIZE = new DitSize(72, 1, 16, 8);
    static final OptimizerConfiguration OPTIMIZER = new OptimizerConfiguration(2e-3, 2e-4, 4, 0.9, 0.99, 1e-8, 0.01, 1);
    static final List<WeightedClip> TRAINING_CLIPS =
            List.of(new WeightedClip("a", 1), new WeightedClip("b", 2), new WeightedClip("c", 1));
    static final ValidationGrid GRID = new ValidationGrid(List.of("held"), SMALL, 4, 9);
    private static final ArtifactRef SHARD = ref(TaskKind.ENCODE_LATENTS, "1");

    private final Path root;
    private final Path shard;
    private final List<VideoShape> shapes;

    TinyTraining(Path root) {
        this(root, List.of(SMALL, LONG, SMALL.image()));
    }

    /** Clips with latents of these shapes; clip c is too short for {@link #LONG}. */
    TinyTraining(Path root, List<VideoShape> shapes) {
        this.root = root;
        this.shapes = shapes;
        this.shard = root.resolve("shard");
        created(shard);
        writeShard(List.of("a", "b", "c", "held"), TinyTraining::latent);
    }

    /** Writes the shard anew with these clips. */
    void writeShard(List<String> clips, BiFunction<String, VideoShape, FloatBuffer> values) {
        SafetensorsWriter latents = new SafetensorsWriter(Map.of());
        SafetensorsWriter text = new SafetensorsWriter(Map.of());
        List<LatentShard.Latent> latentEntries = new ArrayList<>();
        List<LatentShard.Text> textEntries = new ArrayList<>();
        LatentShard keys = shard(List.of(), List.of());
        for (String clip : clips) {
            // The images of both videos are the same.
            for (VideoShape shape : shapes) {
                if (!shape.equals(LONG) || !clip.equals("c")) {
                    LatentShard.Latent entry = new LatentShard.Latent(clip, "video", 0, 24, shape, "");
                    latentEntries.add(new LatentShard.Latent(clip, "video", 0, 24, shape, keys.latentKey(entry)));
                    latents.add(
                            entry.tensor(),
                            new Shape(24, shape.latentFrames(), shape.latentHeight(), shape.latentWidth()),
                            values.apply(clip, shape));
                }
            }
            int tokens = clip.length() + 2;
            float[] features = new float[tokens * SIZE.textWidth()];
            CounterNoise.of(3, "text", CounterNoise.counter(clip)).fillGaussian(features);
            LatentShard.Text entry = new LatentShard.Text(clip, clip, LatentShard.textKey(clip, "text"));
            textEntries.add(entry);
            text.add(entry.tensor(), new Shape(tokens, SIZE.textWidth()), FloatBuffer.wrap(features));
        }
        latents.write(shard.resolve(LatentShard.LATENTS_FILE_NAME));
        text.write(shard.resolve(LatentShard.TEXT_FILE_NAME));
        try {
            Files.writeString(shard.resolve(LatentShard.FILE_NAME), Json.pretty(shard(latentEntries, textEntries)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LatentShard shard(List<LatentShard.Latent> latents, List<LatentShard.Text> texts) {
        return new LatentShard(
                "vae",
                "text",
                LatentShard.State.NORMALISED_MEAN,
                LatentShard.FLOAT32,
                latents,
                texts,
                List.of(),
                List.of());
    }

    static TrainingStage stage(int updates) {
        return stage(updates, ComputePrecision.FP32);
    }

    static TrainingStage stage(int updates, ComputePrecision precision) {
        return new TrainingStage(
                "tiny",
                updates,
                3,
                List.of(new ShapePhase(0.5, SMALL), new ShapePhase(1, LONG)),
                0.6,
                0,
                0.5,
                new CaptionDropout(CaptionDropout.Kind.SAMPLE, 0.2, 0.2),
                OPTIMIZER,
                10,
                5,
                precision);
    }

    static TrainModelOrder order(TrainModelOrder.Objective objective) {
        return new TrainModelOrder(SIZE, objective, TRAINING_CLIPS, GRID, ParallelMode.FAST);
    }

    /** A context in which the shard is an input; folders given are further inputs. */
    RecordingTaskContext context(String name, TrainModelOrder order, Map<TaskKind, Path> more) {
        List<ArtifactRef> inputs = new ArrayList<>(List.of(SHARD));
        more.keySet().forEach(task -> inputs.add(ref(task, "2")));
        RecordingTaskContext context = new RecordingTaskContext(
                        created(root.resolve(name)), TaskKind.TRAIN_MODEL, order, inputs)
                .withInput(SHARD, shard);
        more.forEach((task, folder) -> context.withInput(ref(task, "2"), folder));
        return context;
    }

    /** Trains to the end and returns the artifact's folder. */
    Path train(String name, TrainModelOrder order, Map<TaskKind, Path> more) {
        RecordingTaskContext context = context(name, order, more);
        run(context);
        return context.pendingOutput();
    }

    static void run(RecordingTaskContext context) {
        try {
            new TrainModelTask().run(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ArtifactRef ref(TaskKind task, String digit) {
        return new ArtifactRef(task, digit.repeat(64), digit.repeat(64));
    }

    static <T> T read(Path folder, String file, Class<T> type) {
        return Json.read(folder.resolve(file), type);
    }

    /** A wave whose phase is the clip's: something to learn, the same for a clip in all shapes. */
    static FloatBuffer latent(String clip, VideoShape shape) {
        int values = 24 * shape.latentFrames() * shape.latentHeight() * shape.latentWidth();
        FloatBuffer latent = FloatBuffer.allocate(values);
        double phase = CounterNoise.of(1, "phase", CounterNoise.counter(clip)).uniform(0);
        int perChannel = values / 24;
        for (int i = 0; i < values; i++) {
            latent.put(i, (float) (1.2 * Math.sin(i / perChannel + phase) + 0.3 * Math.cos(i % perChannel)));
        }
        return latent;
    }

    private static Path created(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
