package dev.mugv.jobs.cli;

import dev.mugv.model.config.AspectRatio;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.VideoLength;
import dev.mugv.model.config.VideoShape;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Options that say how large, how long and how fast a video is to be. */
final class VideoOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    @Option(
            names = "--length",
            paramLabel = "LENGTH",
            description =
                    "3s or 5s: 10 or 14 latent frames, which have their name at 20 frames a second (default: 5s).")
    private Optional<String> length = Optional.empty();

    @Option(names = "--frames", paramLabel = "N", description = "Instead of --length: a multiple of 8, at least 16.")
    private Optional<Integer> frames = Optional.empty();

    @Option(
            names = "--ratio",
            paramLabel = "W:H",
            description = "Width to height at 720p: 9:16, 3:4, 1:1, 4:3 or 16:9 (default: 9:16, higher than wide).")
    private Optional<String> ratio = Optional.empty();

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description =
                    "Instead of --ratio: pixels, each a multiple of 16; for models that were trained on small videos.")
    private Optional<String> size = Optional.empty();

    @Option(
            names = "--fps",
            paramLabel = "RATE",
            description = "Frames a second, told to the model and written into the file (default: 20).")
    private Optional<Double> fps = Optional.empty();

    /**
     * The shape that is asked for.
     *
     * @param ofRun what stands where nothing is said; without a run, the published model's
     */
    VideoShape shape(Optional<VideoShape> ofRun) {
        if (length.isPresent() && frames.isPresent()) {
            throw GenerateCommand.refusal("both --length and --frames are given", "Give one of them");
        }
        if (ratio.isPresent() && size.isPresent()) {
            throw GenerateCommand.refusal("both --ratio and --size are given", "Give one of them");
        }
        int[] pixels = pixels(ofRun);
        try {
            VideoShape shape = new VideoShape(
                    pixels[0],
                    pixels[1],
                    frameCount(ofRun),
                    fps.orElseGet(() -> ofRun.map(VideoShape::fps).orElse(VideoLength.FPS)));
            if (shape.latentFrames() < 2) {
                throw GenerateCommand.refusal(
                        "frames: expected at least 16, found " + shape.frames(), "Correct --frames");
            }
            return shape;
        } catch (InvalidValuesException e) {
            throw GenerateCommand.refusal(String.valueOf(e.getMessage()), "Correct --size, --frames or --fps");
        }
    }

    private int frameCount(Optional<VideoShape> ofRun) {
        if (length.isPresent()) {
            return VideoLength.named(length.get())
                    .orElseThrow(() -> GenerateCommand.refusal(
                            "expected a length of %s, found '%s'".formatted(VideoLength.offer(), length.get()),
                            "Give one of them by --length, or any by --frames"))
                    .frames();
        }
        return frames.orElseGet(() -> ofRun.map(VideoShape::frames).orElse(VideoLength.FIVE_SECONDS.frames()));
    }

    private int[] pixels(Optional<VideoShape> ofRun) {
        if (size.isPresent()) {
            Matcher matcher = SIZE.matcher(size.get());
            if (!matcher.matches()) {
                throw GenerateCommand.refusal(
                        "expected a size such as 640x352, found '%s'".formatted(size.get()), "Correct --size");
            }
            return new int[] {Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))};
        }
        if (ratio.isEmpty() && ofRun.isPresent()) {
            return new int[] {ofRun.get().width(), ofRun.get().height()};
        }
        AspectRatio found = AspectRatio.named(ratio.orElse(AspectRatio.R9_16.label()))
                .orElseThrow(() -> GenerateCommand.refusal(
                        "expected a ratio of %s, found '%s'".formatted(AspectRatio.offer(), ratio.orElse("")),
                        "Give one of them by --ratio, or any size by --size"));
        return new int[] {found.width(), found.height()};
    }
}
