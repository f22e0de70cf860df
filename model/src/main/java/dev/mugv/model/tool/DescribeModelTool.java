package dev.mugv.model.tool;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.dit.DitFlops;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.DescribeModelRequest;
import dev.mugv.model.run.Json;
import dev.mugv.model.tensor.ParameterShape;
import java.io.PrintStream;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Says what a size of the transformer is and costs; allocates nothing. */
final class DescribeModelTool implements ModelTool {
    private static final double GIB = 1L << 30;
    /** Master weight, gradient and Adam's two moments, each in fp32. */
    private static final int TRAINING_BYTES = 16;

    @Override
    public int run(JsonNode tree, ToolTerminal terminal) {
        DescribeModelRequest request = Json.value(tree, DescribeModelRequest.class);
        DitSize size = request.size();
        List<ParameterShape> shapes = DitParameters.shapes(size);
        long parameters = shapes.stream().mapToLong(ParameterShape::size).sum();
        PrintStream out = terminal.out();
        row(out, "size", request.name());
        row(out, "width", "%,d (%d heads of %d)".formatted(size.width(), size.heads(), DitSize.HEAD_WIDTH));
        row(out, "layers", "%,d".formatted(size.layers()));
        row(out, "text", "%,d wide, at most %,d tokens".formatted(size.textWidth(), size.maxTextTokens()));
        row(out, "tensors", "%,d".formatted(shapes.size()));
        row(out, "parameters", "%,d".formatted(parameters));
        row(out, "bytes, bf16", bytes(2 * parameters));
        row(out, "bytes, fp32", bytes(4 * parameters));
        row(out, "bytes, training", bytes(TRAINING_BYTES * parameters) + ": fp32 weight, gradient, two moments");
        describeUpdate(out, request);
        return DONE;
    }

    private static void describeUpdate(PrintStream out, DescribeModelRequest request) {
        VideoShape shape = request.shape();
        long tokens = (long) shape.latentFrames() * ((shape.latentHeight() + 1) / 2) * ((shape.latentWidth() + 1) / 2);
        int text = request.size().maxTextTokens();
        row(
                out,
                "sample",
                "%d x %d pixels, %d frames: latent %d x %d x %d, %,d tokens"
                        .formatted(
                                shape.width(),
                                shape.height(),
                                shape.frames(),
                                shape.latentFrames(),
                                shape.latentHeight(),
                                shape.latentWidth(),
                                tokens));
        row(out, "FLOPs, forward", flops(DitFlops.forward(request.size(), tokens, text)));
        row(out, "FLOPs, update", flops(DitFlops.update(request.size(), tokens, text)) + " a sample, no recomputation");
    }

    private static void row(PrintStream out, String name, String value) {
        out.printf("%-16s %s%n", name, value);
    }

    private static String bytes(long bytes) {
        return bytes < GIB / 10 ? "%.1f MiB".formatted(bytes / (double) (1 << 20)) : "%.1f GiB".formatted(bytes / GIB);
    }

    private static String flops(double flops) {
        return flops < 1e14 ? "%.3f TFLOP".formatted(flops / 1e12) : "%.3f PFLOP".formatted(flops / 1e15);
    }
}
