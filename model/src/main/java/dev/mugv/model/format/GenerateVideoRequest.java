package dev.mugv.model.format;

import dev.mugv.model.config.RewriterConfiguration;
import dev.mugv.model.config.SamplerConfiguration;
import dev.mugv.model.config.TextConfiguration;
import dev.mugv.model.config.VideoShape;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code mugv generate} asks. Paths are absolute.
 *
 * @param prompt as the model is to read it
 * @param nets what is sampled with
 * @param shape of the video; at least two latent frames
 * @param sampler steps, guidance, negative prompt, seed
 * @param given frames that are given
 * @param output where the video goes
 * @param threads of one tensor operation, at least 1
 * @param rewriting who puts the prompt into other words first
 */
// Eight parts of one question, each read by another part of the answer.
public record GenerateVideoRequest(
        String prompt,
        Nets nets,
        VideoShape shape,
        SamplerConfiguration sampler,
        Given given,
        Output output,
        int threads,
        Optional<Rewriting> rewriting) {
    /** One whose prompt is read as it is. */
    public GenerateVideoRequest(
            String prompt,
            Nets nets,
            VideoShape shape,
            SamplerConfiguration sampler,
            Given given,
            Output output,
            int threads) {
        this(prompt, nets, shape, sampler, given, output, threads, Optional.empty());
    }

    /**
     * Who puts the prompt into other words first.
     *
     * @param service that is asked
     * @param aestheticScore that ends the rewritten prompt
     */
    public record Rewriting(RewriterConfiguration service, Optional<Double> aestheticScore) {}

    /**
     * Nets that belong together.
     *
     * @param model folder with {@code model.json} and {@code model.safetensors}
     * @param vae weights of the VideoVAE
     * @param text text encoder; where it is longer, a text is cut at what the model takes
     * @param trainedWith what the model was trained with, where that is known
     */
    public record Nets(Path model, Path vae, TextConfiguration text, Optional<TrainedWith> trainedWith) {}

    /**
     * Content of the encoders that a model was trained with: with others, what it makes means nothing.
     *
     * @param vaeSha256 of the VideoVAE's weights
     * @param textEncoderSha256 identity of the text encoder
     */
    public record TrainedWith(String vaeSha256, String textEncoderSha256) {}

    /**
     * Frames that are given.
     *
     * @param image picture of the first latent frame
     * @param lastImage picture of the last latent frame
     * @param video clip that is continued; not together with {@code image}
     * @param videoLatents latent frames of the clip's end that are given
     * @param position latent frame of a longer video that this one begins at; 0 for a video of its own
     */
    public record Given(
            Optional<Path> image, Optional<Path> lastImage, Optional<Path> video, int videoLatents, int position) {
        /** Nothing but the prompt. */
        public static final Given NOTHING = new Given(Optional.empty(), Optional.empty(), Optional.empty(), 1, 0);

        public Given {
            if (image.isPresent() && video.isPresent()) {
                throw new IllegalArgumentException("both a first picture and a video to be continued are given");
            }
            if (videoLatents < 1 || position < 0) {
                throw new IllegalArgumentException(
                        "expected latent frames from 1 and a position from 0, found " + videoLatents + ", " + position);
            }
        }

        /** Latent frames that are given in all. */
        public int latents() {
            return (image.isPresent() ? 1 : 0)
                    + (lastImage.isPresent() ? 1 : 0)
                    + (video.isPresent() ? videoLatents : 0);
        }
    }

    /**
     * Where the video goes.
     *
     * @param file ends with {@code .mp4}
     * @param existing what becomes of a file that is there
     */
    public record Output(Path file, Existing existing) {}

    /** What becomes of a file that is there. */
    public enum Existing {
        /** It stays, and the request is refused. */
        KEPT,
        /** It is replaced, once the new one is whole. */
        REPLACED
    }
}
