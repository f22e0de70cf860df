package dev.mugv.model.tool;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.chat.PromptRewriter;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitCondition;
import dev.mugv.model.format.AestheticTag;
import dev.mugv.model.format.GenerateVideoRequest;
import dev.mugv.model.format.GenerateVideoRequest.Existing;
import dev.mugv.model.format.RewrittenPrompt;
import dev.mugv.model.generation.GenerationRequest;
import dev.mugv.model.generation.GenerationRequest.PromptFeatures;
import dev.mugv.model.generation.LatentCondition;
import dev.mugv.model.generation.LatentSampling;
import dev.mugv.model.generation.VideoAssembly;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.ResampledVideo;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.media.VideoWriter;
import dev.mugv.model.run.DurableFile;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.ProgressLine;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.text.T5TextEncoder;
import dev.mugv.model.text.TextFeatures;
import dev.mugv.model.train.TrainedModel;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Makes one video. The nets are loaded one after the other and given back as soon as they have done their part, so that the
 * text encoder and the model are never in memory together.
 */
final class GenerateVideoTool implements ModelTool {
    private static final String NOISE = "start-noise";

    @Override
    public int run(JsonNode tree, ToolTerminal terminal) {
        GenerateVideoRequest request = Json.value(tree, GenerateVideoRequest.class);
        requireFree(request.output());
        GenerationInputs inputs = GenerationInputs.of(request);
        // Before any net is loaded: a service that does not answer costs nothing.
        Optional<RewrittenPrompt> rewritten = request.rewriting()
                .map(rewriting -> PromptRewriter.of(rewriting.service()).rewrite(request.prompt()));
        rewritten.ifPresent(
                prompt -> terminal.progress().println("Prompt by " + prompt.model() + ": " + prompt.rewritten()));
        try (UnfinishedFile file = UnfinishedFile.at(request.output().file())) {
            int frames = new Making(request, read(request, rewritten), inputs, terminal).write(file.path());
            file.publish();
            rewritten.ifPresent(prompt -> keep(prompt, request.output().file()));
            VideoShape shape = request.shape();
            terminal.out()
                    .printf(
                            "%s: %dx%d, %d frames at %s a second, %.1f s, seed %d%n",
                            request.output().file(),
                            shape.width(),
                            shape.height(),
                            frames,
                            plain(shape.fps()),
                            frames / shape.fps(),
                            request.sampler().seed());
            return DONE;
        }
    }

    /** What the model reads: the prompt, or its rewritten form with the score that ends it. */
    private static String read(GenerateVideoRequest request, Optional<RewrittenPrompt> rewritten) {
        return rewritten
                .map(prompt -> request.rewriting()
                        .flatMap(GenerateVideoRequest.Rewriting::aestheticScore)
                        .map(score -> AestheticTag.append(prompt.rewritten(), score))
                        .orElse(prompt.rewritten()))
                .orElse(request.prompt());
    }

    private static void keep(RewrittenPrompt prompt, Path video) {
        try {
            DurableFile.write(
                    video.resolveSibling(video.getFileName() + RewrittenPrompt.FILE_SUFFIX),
                    Json.pretty(prompt).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireFree(GenerateVideoRequest.Output output) {
        Path file = output.file();
        boolean taken = output.existing() == Existing.KEPT && Files.exists(file);
        if (taken || Files.isDirectory(file)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot write '%s': it is there already. Give another --out, or --overwrite to replace a file."
                            .formatted(file));
        }
    }

    private static String plain(double fps) {
        return fps == Math.rint(fps) ? Long.toString((long) fps) : Double.toString(fps);
    }

    /** One video from its inputs to its frames. */
    private static final class Making {
        private final GenerateVideoRequest request;
        private final String prompt;
        private final GenerationInputs inputs;
        private final ProgressLine line;
        private final Clock clock = Clock.systemDefaultZone();
        private final TorchRuntime runtime;

        Making(GenerateVideoRequest request, String prompt, GenerationInputs inputs, ToolTerminal terminal) {
            this.request = request;
            this.prompt = prompt;
            this.inputs = inputs;
            this.line = new ProgressLine(terminal.progress(), terminal.columns(), clock);
            this.runtime = TorchRuntime.start(request.threads());
        }

        /** Writes the video and says how many frames it has. */
        int write(Path file) {
            try (NDManager scope = runtime.newScope()) {
                GenerationRequest generation = generation(prompt(scope));
                try (VideoVae vae = VideoVae.load(scope, request.nets().vae())) {
                    NDArray sample = sample(generation, vae, scope);
                    return decode(generation, sample, vae, file);
                }
            }
        }

        private PromptFeatures prompt(NDManager scope) {
            Phase phase = begin("read the prompt");
            try (T5TextEncoder encoder = T5TextEncoder.of(runtime, inputs.text())) {
                TextFeatures text = encode(encoder, "prompt", prompt);
                TextFeatures negative =
                        encode(encoder, "negative prompt", request.sampler().negativePrompt());
                phase.end("%d and %d tokens".formatted(text.tokens(), negative.tokens()));
                return new PromptFeatures(array(text, scope), array(negative, scope));
            }
        }

        private TextFeatures encode(T5TextEncoder encoder, String what, String text) {
            TextFeatures features = encoder.encode(text);
            if (features.isCut()) {
                line.line("Note: the %s has %d tokens; the model reads %d, so its end is left out."
                        .formatted(what, features.tokensFound(), features.tokens()));
            }
            return features;
        }

        private GenerationRequest generation(PromptFeatures prompt) {
            int latents = request.shape().latentFrames();
            int first = request.given().position();
            return new GenerationRequest(
                    String.valueOf(request.output().file().getFileName()),
                    request.shape(),
                    inputs.given(),
                    prompt,
                    CounterNoise.of(request.sampler().seed(), NOISE),
                    DitCondition.within(first, latents, first + latents));
        }

        private NDArray sample(GenerationRequest generation, VideoVae vae, NDManager scope) {
            LatentCondition condition = LatentCondition.of(generation.given(), generation.shape(), vae, scope);
            int steps = request.sampler().steps();
            Phase phase = begin("sample");
            try (TrainedModel model = TrainedModel.open(
                            request.nets().model(), request.sampler().precision(), scope);
                    LatentSampling sampling = new LatentSampling(model.transformer(), request.sampler())) {
                NDArray sample =
                        sampling.sample(generation, condition, scope, done -> phase.show(done, steps, "steps"));
                phase.end(steps + " steps");
                return sample;
            }
        }

        private int decode(GenerationRequest generation, NDArray sample, VideoVae vae, Path file) {
            VideoShape shape = request.shape();
            Phase phase = begin("decode");
            int[] written = {0};
            try (VideoWriter writer =
                    VideoWriter.open(file, new FrameSize(shape.width(), shape.height()), shape.fps())) {
                // A continued video is shown from its own beginning; what is given is its end.
                int before = request.given().video().isEmpty()
                        ? 0
                        : inputs.given().get(0).frames().size();
                request.given().video().ifPresent(video -> written[0] = copyStart(video, before, writer));
                int total = written[0] + generation.frames();
                new VideoAssembly(generation, vae).forEach(sample, frame -> {
                    writer.add(frame);
                    written[0]++;
                    phase.show(written[0], total, "frames");
                });
            }
            phase.end(written[0] + " frames");
            return written[0];
        }

        /** Writes a video's frames but the last ones; says how many it wrote. */
        private int copyStart(Path video, int left, VideoWriter writer) {
            Deque<RgbFrame> held = new ArrayDeque<>();
            int all = new ResampledVideo(video, request.shape()).forEach(frame -> {
                held.addLast(frame);
                if (held.size() > left) {
                    writer.add(held.removeFirst());
                }
            });
            return all - left;
        }

        private Phase begin(String name) {
            return Phase.begin(name, line, clock);
        }

        private static NDArray array(TextFeatures features, NDManager scope) {
            return EngineMemory.array(scope, new Shape(features.tokens(), features.width()), features.features_SD());
        }
    }
}
