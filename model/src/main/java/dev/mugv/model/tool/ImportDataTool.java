package dev.mugv.model.tool;

import dev.mugv.model.convert.DataImport;
import dev.mugv.model.format.ImportDataRequest;
import dev.mugv.model.format.ImportedData.Found;
import dev.mugv.model.run.Json;
import java.time.InstantSource;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Imports the published trainer's data folder into shards. */
final class ImportDataTool implements ModelTool {
    @Override
    public int run(JsonNode tree, ToolTerminal terminal) {
        ImportDataRequest request = Json.value(tree, ImportDataRequest.class);
        DataImport.Result result;
        try (ProgressLine line = new ProgressLine(terminal, InstantSource.system())) {
            result = new DataImport(
                            request,
                            (doing, done, all) ->
                                    line.show(doing, done, all, "%,d of %,d samples".formatted(done, all)))
                    .run();
        }
        result.notes().forEach(note -> terminal.progress().println("Note: " + note));
        long normalised = result.data().samples().stream()
                .filter(sample -> sample.found() == Found.NOT_NORMALISED)
                .count();
        terminal.out()
                .printf(
                        "%s: %,d samples in %,d shards; %,d normalised by this import, %,d normalised before%n",
                        request.to(),
                        result.data().samples().size(),
                        result.data().shards().size(),
                        normalised,
                        result.data().samples().size() - normalised);
        new TreeMap<>(result.shapes()).forEach((shape, count) -> terminal.out().printf("%8d of %s%n", count, shape));
        return DONE;
    }
}
