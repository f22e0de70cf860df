package dev.mugv.model.tool;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.GenerateVideoRequest;
import dev.mugv.model.format.GenerateVideoRequest.Given;
import dev.mugv.model.format.GenerateVideoRequest.TrainedWith;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.generation.GivenFrames;
import dev.mugv.model.media.FrameSize;
import dev.mugv.model.media.PictureFile;
import dev.mugv.model.media.ResampledVideo;
import dev.mugv.model.media.RgbFrame;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.text.T5TextEncoder;
import dev.mugv.model.vae.VaeParameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a generation reads, looked at before any long work: the headers of all weights, that the nets fit each other,
 * pictures and videos.
 *
 * @param size of the model
 * @param text encoder, which cuts where the model does
 * @param given frames of the video's size
 */
record GenerationInputs(DitSize size, TextConfiguration text, List<GivenFrames> given) {
    GenerationInputs {
        given = List.copyOf(given);
    }

    /**
     * Looks at everything.
     *
     * @throws WorkFailure with what is wrong
     */
    static GenerationInputs of(GenerateVideoRequest request) {
        DitSize size = size(request.nets().model());
        TextConfiguration text = cutFor(size, request.nets().text());
        requireVae(request.nets().vae());
        requireTextWidth(size, text, request.nets().model());
        List<GivenFrames> given = given(request.given(), request.shape());
        request.nets()
                .trainedWith()
                .ifPresent(expected -> requireSame(expected, request.nets().vae(), text));
        return new GenerationInputs(size, text, given);
    }

    private static DitSize size(Path folder) {
        Path description = folder.resolve(ModelDescription.FILE_NAME);
        Path weights = folder.resolve(ModelDescription.WEIGHTS_FILE_NAME);
        if (!Files.isRegularFile(description) || !Files.isRegularFile(weights)) {
            throw refusal(
                    "model '%s' has no %s or no %s"
                            .formatted(folder, ModelDescription.FILE_NAME, ModelDescription.WEIGHTS_FILE_NAME),
                    "Give a checkpoint's folder ('mugv checkpoints --json'), or convert published weights by 'mugv model convert'");
        }
        DitSize size = Json.read(description, ModelDescription.class).size();
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            boolean withNullCaption = file.names().contains(DitParameters.NULL_CAPTION);
            file.requireExactly(
                    withNullCaption ? DitParameters.shapesWithNullCaption(size) : DitParameters.shapes(size));
        }
        return size;
    }

    /** A folder's encoder reads as much as the model takes; a seeded one is told by its own length. */
    private static TextConfiguration cutFor(DitSize size, TextConfiguration text) {
        return text.folder().isEmpty()
                ? text
                : new TextConfiguration(
                        text.folder(),
                        text.width(),
                        Math.min(text.maxTokens(), size.maxTextTokens()),
                        text.seed(),
                        text.precision());
    }

    private static void requireVae(Path file) {
        if (!Files.isRegularFile(file)) {
            throw refusal("there is no VideoVAE '%s'".formatted(file), "Give its weights by --vae");
        }
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            VaeParameters.of(weights);
        }
    }

    private static void requireTextWidth(DitSize size, TextConfiguration text, Path model) {
        int width = T5TextEncoder.width(text);
        if (width != size.textWidth()) {
            throw refusal(
                    "the text encoder makes features %d wide, model '%s' reads %d"
                            .formatted(width, model, size.textWidth()),
                    "Give the encoder that it was trained with by --text");
        }
    }

    private static void requireSame(TrainedWith expected, Path vae, TextConfiguration text) {
        String found = Sha256.ofFile(vae);
        if (!expected.vaeSha256().equals(found)) {
            throw refusal(
                    "expected the VideoVAE %s, whose latents the model was trained on, found %s in '%s'"
                            .formatted(expected.vaeSha256(), found, vae),
                    "Give the run's own by leaving --vae away");
        }
        String encoder = T5TextEncoder.identity(text);
        if (!expected.textEncoderSha256().equals(encoder)) {
            throw refusal(
                    "expected text encoder %s, which encoded the captions, found %s"
                            .formatted(expected.textEncoderSha256(), encoder),
                    "Restore the folder that the configuration names, or give the encoder by --text");
        }
    }

    private static List<GivenFrames> given(Given given, VideoShape shape) {
        FrameSize size = new FrameSize(shape.width(), shape.height());
        List<GivenFrames> frames = new ArrayList<>();
        given.image().ifPresent(file -> frames.add(new GivenFrames.Still(0, PictureFile.read(file, size))));
        given.video().ifPresent(file -> frames.add(end(file, given.videoLatents(), shape)));
        given.lastImage()
                .ifPresent(file ->
                        frames.add(new GivenFrames.Still(shape.latentFrames() - 1, PictureFile.read(file, size))));
        return frames;
    }

    private static GivenFrames end(Path video, int latents, VideoShape shape) {
        int count = GivenFrames.FRAMES_PER_LATENT * latents;
        List<RgbFrame> last = new ResampledVideo(video, shape).last(count);
        if (last.size() < count) {
            throw refusal(
                    "expected at least %d frames of video '%s' at %s frames a second, found %d"
                            .formatted(count, video, shape.fps(), last.size()),
                    "Continue a longer video, or give fewer of its latent frames");
        }
        return new GivenFrames.Moving(0, last);
    }

    private static WorkFailure refusal(String fact, String next) {
        return new WorkFailure(FailureKind.INVALID_REQUEST, "Cannot generate the video: %s. %s.".formatted(fact, next));
    }
}
