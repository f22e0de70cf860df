package dev.mugv.model.tool;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.config.VideoShape;
import dev.mugv.model.format.MeasureCostsRequest;
import dev.mugv.model.run.Json;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.ShapeTiming;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Measures what a sample of every shape of a stage costs, and prints the table that the stage's configuration takes. */
final class MeasureCostsTool implements ModelTool {
    @Override
    public int run(JsonNode tree, ToolTerminal terminal) {
        MeasureCostsRequest request = Json.value(tree, MeasureCostsRequest.class);
        TorchRuntime runtime = TorchRuntime.start(request.threads());
        for (MeasureCostsRequest.Stage stage : request.stages()) {
            measure(stage, request.repeats(), runtime, terminal);
        }
        return DONE;
    }

    private static void measure(
            MeasureCostsRequest.Stage stage, int repeats, TorchRuntime runtime, ToolTerminal terminal) {
        PrintStream out = terminal.out();
        out.printf(
                Locale.ROOT,
                "# stage '%s': seconds of an update over one sample, %d wide, %d layers, %s%nbatching:%n  costs:%n",
                stage.name(),
                stage.size().width(),
                stage.size().layers(),
                stage.precision().name().toLowerCase(Locale.ROOT));
        try (ProgressLine progress = new ProgressLine(terminal, InstantSource.system());
                NDManager scope = runtime.newScope();
                ShapeTiming timing = new ShapeTiming(stage.size(), stage.precision(), stage.tuning(), scope)) {
            int done = 0;
            for (VideoShape shape : stage.shapes()) {
                progress.show("measuring", done++, stage.shapes().size(), shape.label());
                out.printf(
                        Locale.ROOT,
                        "    - {shape: {width: %d, height: %d, frames: %d, fps: %s}, seconds: %.4g}%n",
                        shape.width(),
                        shape.height(),
                        shape.frames(),
                        shape.fps(),
                        timing.seconds(shape, repeats));
            }
        }
    }
}
