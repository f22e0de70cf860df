package dev.mugv.model.tool;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.ToolKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.worker.FailureClassifier;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** Entry point of a tool's JVM: {@code KIND REQUEST}, the request as one JSON text. */
public final class ToolMain {
    private ToolMain() {}

    public static void main(String[] arguments) {
        int code = run(arguments, ToolTerminal.ofThisProcess());
        System.out.flush();
        // Exits even when a library left a thread of its own running.
        System.exit(code);
    }

    static int run(String[] arguments, ToolTerminal terminal) {
        try {
            if (arguments.length != 2) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot start a tool: expected its kind and a request, found %d arguments. Use the 'mugv' command."
                                .formatted(arguments.length));
            }
            return tool(ToolKind.of(arguments[0])).run(Json.parse(arguments[1], JsonNode.class), terminal);
        } catch (RuntimeException | OutOfMemoryError e) {
            WorkFailure failure = FailureClassifier.classify(e, Path.of("").toAbsolutePath());
            terminal.progress().println(failure.text());
            if (failure.kind() == FailureKind.DEFECT) {
                e.printStackTrace(terminal.progress());
            }
            return failure.kind().exitCode();
        }
    }

    private static ModelTool tool(ToolKind kind) {
        return switch (kind) {
            case CHECK_MODEL -> new CheckModelTool();
            case CONVERT_MODEL -> new ConvertModelTool();
            case DESCRIBE_MODEL -> new DescribeModelTool();
            case MEASURE_COSTS -> new MeasureCostsTool();
            case IMPORT_DATA -> new ImportDataTool();
            case GENERATE_VIDEO -> new GenerateVideoTool();
            case DESCRIBE_DEVICES -> new DescribeDevicesTool();
        };
    }
}
