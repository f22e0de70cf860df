package dev.mugv.jobs.cli;

import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.GenerateVideoRequest.Given;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that give pictures or a video to start from. */
final class GivenOptions {
    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "First picture (JPEG or PNG): made to fill the video's size and cut at the centre.")
    private Optional<Path> image = Optional.empty();

    @Option(names = "--last-image", paramLabel = "FILE", description = "Last picture.")
    private Optional<Path> lastImage = Optional.empty();

    @Option(
            names = "--continue",
            paramLabel = "VIDEO",
            description = "Video that is gone on with: the result shows it and then what follows.")
    private Optional<Path> video = Optional.empty();

    @Option(
            names = "--continue-latents",
            paramLabel = "N",
            description =
                    "Latent frames, of 8 frames each, at the end of --continue that the model is given (default: 1).")
    private int videoLatents = 1;

    @Option(
            names = "--position",
            paramLabel = "N",
            description = "Latent frame of a longer video that this one begins at (default: 0, a video of its own).")
    private int position;

    /** The frames that are given to a video of this shape. */
    Given given(VideoShape shape) {
        if (image.isPresent() && video.isPresent()) {
            throw GenerateCommand.refusal("both --image and --continue say how the video begins", "Give one of them");
        }
        // The model's table of places in time ends there.
        int last = 479;
        if (videoLatents < 1 || position < 0 || position + shape.latentFrames() > last) {
            throw GenerateCommand.refusal(
                    "expected latent frames from 1 and a position from 0 to %d, found %d and %d"
                            .formatted(last - shape.latentFrames(), videoLatents, position),
                    "Correct --continue-latents or --position");
        }
        Given given = new Given(absolute(image), absolute(lastImage), absolute(video), videoLatents, position);
        if (given.latents() >= shape.latentFrames()) {
            throw GenerateCommand.refusal(
                    "%d of %d latent frames are given, so that none is left to make"
                            .formatted(given.latents(), shape.latentFrames()),
                    "Make the video longer by --length or --frames, or give less");
        }
        return given;
    }

    private static Optional<Path> absolute(Optional<Path> path) {
        return path.map(file -> file.toAbsolutePath().normalize());
    }
}
