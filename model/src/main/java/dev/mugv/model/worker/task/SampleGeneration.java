package dev.mugv.model.worker.task;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.data.LatentDataset;
import dev.mugv.model.evaluation.FrameSheet;
import dev.mugv.model.evaluation.SampleScores;
import dev.mugv.model.format.GenerationItem;
import dev.mugv.model.format.GenerationSettings;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.generation.GeneratedVideo;
import dev.mugv.model.generation.GenerationRequest;
import dev.mugv.model.generation.GenerationRequest.PromptFeatures;
import dev.mugv.model.generation.GivenFrames;
import dev.mugv.model.generation.VideoGenerator;
import dev.mugv.model.media.ClipFrames;
import dev.mugv.model.media.PngImages;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.VideoWriter;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.text.T5TextEncoder;
import dev.mugv.model.text.TextEncoder;
import dev.mugv.model.text.TextFeatures;
import dev.mugv.model.train.TrainedModel;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes a task's samples, measures them, and leaves what people look at in the task's output. */
final class SampleGeneration implements AutoCloseable {
    private static final String NOISE = "start-noise";

    private final GenerationSettings settings;
    private final Path output;
    private final Consumer<String> log;
    private final Encoders encoders;
    private final VideoGenerator generator;
    private final NDArray negative_SD;

    /**
     * A sample.
     *
     * @param sampleId see {@link GenerationItem#sampleId}
     * @param seed of the start noise
     * @param video latents and pictures
     * @param scores by {@link dev.mugv.model.format.SampleMeasure#label()}
     */
    record MadeSample(String sampleId, long seed, GeneratedVideo video, Map<String, Double> scores) {}

    /** Nets that only this class closes. */
    private record Encoders(VideoVae vae, TextEncoder text) {}

    private SampleGeneration(
            TaskContext context,
            GenerationSettings settings,
            Encoders encoders,
            VideoGenerator generator,
            NDArray negative_SD) {
        this.settings = settings;
        this.output = context.pendingOutput();
        this.log = context::log;
        this.encoders = encoders;
        this.generator = generator;
        this.negative_SD = negative_SD;
    }

    /**
     * Loads what sampling needs besides the model.
     *
     * @throws WorkFailure of kind {@link FailureKind#INVALID_REQUEST} if the text encoder is not the one of the settings, or
     *     another VideoVAE than the input encoded the latent shards among the inputs
     */
    static SampleGeneration open(
            TaskContext context, GenerationSettings settings, TrainedModel model, TorchRuntime runtime, NDManager scope)
            throws IOException {
        Path weights = TaskInputs.only(context, TaskInputs.VAE).resolve(VaeDescription.WEIGHTS_FILE_NAME);
        TextEncoder text = T5TextEncoder.of(runtime, settings.text());
        try {
            requireSameEncoder(settings.textEncoderSha256(), text.identity());
            requireSameVae(TaskInputs.all(context, TaskInputs.LATENTS), Sha256.ofFile(weights));
        } catch (RuntimeException e) {
            text.close();
            throw e;
        }
        for (String folder : List.of("videos", "sheets", "first-frames")) {
            Files.createDirectories(context.pendingOutput().resolve(folder));
        }
        VideoVae vae = VideoVae.load(scope, weights);
        NDArray negative_SD = features(context::log, text, settings.sampler().negativePrompt(), scope);
        VideoGenerator generator = new VideoGenerator(model.transformer(), vae, settings.sampler());
        return new SampleGeneration(context, settings, new Encoders(vae, text), generator, negative_SD);
    }

    /** A model is sampled with the encoders that it was trained with, or what it makes means nothing. */
    private static void requireSameEncoder(String expected, String found) {
        if (!expected.equals(found)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot generate samples: expected text encoder %s, which encoded the captions, found %s. Restore its folder, or encode the clips again."
                            .formatted(expected, found));
        }
    }

    private static void requireSameVae(List<Path> shards, String vaeSha256) {
        if (!shards.isEmpty()) {
            LatentDataset.open(shards).requireVae(vaeSha256).close();
        }
    }

    /** Makes an item's sample of a number; its latents live in the scope. */
    MadeSample make(GenerationItem item, int number, NDManager scope) {
        long seed = settings.sampler().seed() + number;
        Optional<RgbFrame> firstFrame = firstFrame(item);
        GenerationRequest request = new GenerationRequest(
                item.sampleId(number),
                settings.shape(),
                firstFrame
                        .map(frame -> List.<GivenFrames>of(new GivenFrames.Still(0, frame)))
                        .orElse(List.of()),
                new PromptFeatures(features(log, encoders.text(), item.prompt(), scope), negative_SD),
                CounterNoise.of(
                        seed,
                        NOISE,
                        CounterNoise.counter(item.name()),
                        item.conditioning().latentFrames()));
        GeneratedVideo video = generator.generate(request, scope);
        Map<String, Double> scores =
                SampleScores.of(video.frames(), firstFrame, settings.shape().fps());
        MeasuredNumbers.require("sample '" + item.sampleId(number) + "'", scores);
        return new MadeSample(item.sampleId(number), seed, video, scores);
    }

    /** Writes a sample's video and contact sheet. */
    void write(MadeSample sample) {
        VideoWriter.write(
                output.resolve(videoFile(sample.sampleId())),
                sample.video().frames(),
                settings.shape().fps());
        PngImages.write(FrameSheet.of(sample.video().frames()), output.resolve(sheetFile(sample.sampleId())));
    }

    /** Writes the picture that an item gives, if it gives one; its path relative to the output, or nothing. */
    String writeFirstFrame(GenerationItem item, String sampleId) {
        return firstFrame(item)
                .map(frame -> {
                    String file = "first-frames/" + sampleId + ".png";
                    PngImages.write(frame, output.resolve(file));
                    return file;
                })
                .orElse("");
    }

    static String videoFile(String sampleId) {
        return "videos/" + sampleId + ".mp4";
    }

    static String sheetFile(String sampleId) {
        return "sheets/" + sampleId + ".png";
    }

    private Optional<RgbFrame> firstFrame(GenerationItem item) {
        VideoShape image = settings.shape().image();
        return item.firstFrameOf().map(clip -> ClipFrames.read(clip, image).get(0));
    }

    private static NDArray features(Consumer<String> log, TextEncoder encoder, String text, NDManager scope) {
        TextFeatures features = encoder.encode(text);
        if (features.isCut()) {
            log.accept("the prompt '%.40s' has %d tokens and is cut to %d"
                    .formatted(text, features.tokensFound(), features.tokens()));
        }
        return EngineMemory.array(scope, new Shape(features.tokens(), features.width()), features.features_SD());
    }

    @Override
    public void close() {
        generator.close();
        encoders.text().close();
        encoders.vae().close();
    }
}
