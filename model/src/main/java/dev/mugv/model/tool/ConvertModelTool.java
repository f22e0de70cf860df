package dev.mugv.model.tool;

import dev.mugv.model.convert.ModelConversion;
import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.run.Json;
import java.time.InstantSource;
import tools.jackson.databind.JsonNode;

/** Converts a model's weights from one format to another. */
final class ConvertModelTool implements ModelTool {
    private static final double GB = 1e9;

    @Override
    public int run(JsonNode tree, ToolTerminal terminal) {
        ConvertModelRequest request = Json.value(tree, ConvertModelRequest.class);
        ModelConversion.Result result;
        try (ProgressLine line = new ProgressLine(terminal, InstantSource.system())) {
            result = new ModelConversion(
                            request,
                            (doing, done, all) ->
                                    line.show(doing, done, all, "%.2f of %.2f GB".formatted(done / GB, all / GB)))
                    .run();
        }
        terminal.out()
                .printf(
                        "%s: %s; %,d tensors, %,d values, %,d bytes%n",
                        request.to(), result.description(), result.tensors(), result.values(), result.bytes());
        return DONE;
    }
}
