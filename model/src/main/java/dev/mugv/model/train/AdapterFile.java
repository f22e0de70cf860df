package dev.mugv.model.train;

import dev.mugv.model.config.AdapterConfiguration;
import dev.mugv.model.run.Json;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Adapters apart from their model, in the two files that PEFT, the usual library for them, reads. */
final class AdapterFile {
    static final String WEIGHTS_FILE_NAME = "adapter_model.safetensors";
    static final String DESCRIPTION_FILE_NAME = "adapter_config.json";

    private static final String PREFIX = "base_model.model.";

    private AdapterFile() {}

    // Names as PEFT has them.
    private record Description(
            String peft_type,
            int r,
            double lora_alpha,
            double lora_dropout,
            List<String> target_modules,
            String bias,
            boolean fan_in_fan_out,
            boolean inference_mode) {}

    /** Writes the model's adapters into a folder that is there. */
    static void write(DitModel model, Path folder) throws IOException {
        AdapterConfiguration adapters = model.weights().adapters().orElseThrow();
        SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
        for (ParameterShape shape : model.parameters().shapes()) {
            writer.add(PREFIX + shape.name(), shape.shape(), model.parameters().values(shape.name()));
        }
        writer.write(folder.resolve(WEIGHTS_FILE_NAME));
        Description description =
                new Description("LORA", adapters.rank(), adapters.alpha(), 0, adapters.layers(), "none", false, true);
        Files.writeString(folder.resolve(DESCRIPTION_FILE_NAME), Json.pretty(description));
    }
}
