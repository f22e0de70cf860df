package dev.mugv.jobs.cli;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.InvalidValuesException;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.DescribeModelRequest;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mugv model describe}. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Says what a size of the published family is and costs: parameters, bytes, and FLOPs of an update.",
        footer = {
            "",
            "Examples:",
            "  mugv model describe 10b",
            "  mugv model describe proxy --width 640 --height 352 --frames 48"
        })
final class DescribeModelCommand implements Callable<Integer> {
    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Parameters(paramLabel = "SIZE", description = "debug, 1b, proxy, 4b, 10b or 18b.")
    private String size = "";

    @Option(names = "--width", paramLabel = "PIXELS", description = "Of a training sample (default: ${DEFAULT-VALUE}).")
    private int width = 1280;

    @Option(
            names = "--height",
            paramLabel = "PIXELS",
            description = "Of a training sample (default: ${DEFAULT-VALUE}).")
    private int height = 720;

    @Option(
            names = "--frames",
            paramLabel = "N",
            description = "Of a training sample: 1, or a multiple of 8 (default: ${DEFAULT-VALUE}, 14 latent frames).")
    private int frames = 112;

    @Override
    public Integer call() {
        DitSize known = DitSize.named(size)
                .orElseThrow(() -> refused("expected a size of %s, found '%s'"
                        .formatted(String.join(", ", DitSize.all().keySet()), size)));
        try {
            return engine.process()
                    .run(
                            ToolKind.DESCRIBE_MODEL,
                            new DescribeModelRequest(size, known, new VideoShape(width, height, frames, 24)));
        } catch (InvalidValuesException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private static WorkFailure refused(String fact) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot describe the model: %s. See 'mugv model describe --help'.".formatted(fact));
    }
}
