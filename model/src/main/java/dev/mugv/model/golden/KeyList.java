package dev.mugv.model.golden;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.run.Json;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.vae.VaeParameters;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Every key and shape of a released state dict, against those that the configuration produces; no weight is allocated. */
record KeyList(Path file) implements GoldenFile {
    static final String SUFFIX = "-keys.json";
    private static final String DIT_TABLE = "final_layer.scale_shift_table";
    private static final String DIT_TEXT = "y_embedder.y_proj.fc1.weight";
    private static final String VAE_FIRST = "spatial_vae.module.encoder.conv_in.weight";

    @Override
    public void check(Consumer<TensorError> errors) {
        JsonNode keys = Json.read(file, JsonNode.class);
        int misshapen = 0;
        Set<String> unmatched = new TreeSet<>(keys.propertyNames());
        for (ParameterShape parameter : expected(keys)) {
            String name = parameter.name();
            String found = keys.has(name) ? keys.get(name).toString().replace(",", ", ") : "nothing";
            String shape = Arrays.toString(parameter.shape().getShape());
            if (!unmatched.remove(name) || !shape.equals(found)) {
                misshapen++;
                errors.accept(TensorError.refused("%s: %s here, %s in the list".formatted(name, shape, found)));
            }
        }
        unmatched.forEach(name -> errors.accept(TensorError.refused(name + ": not produced by the configuration")));
        if (misshapen == 0 && unmatched.isEmpty()) {
            errors.accept(new TensorError("%d keys and shapes".formatted(keys.size()), 0, 0));
        }
    }

    private static Collection<ParameterShape> expected(JsonNode keys) {
        if (keys.has(DIT_TABLE)) {
            int layers = 0;
            while (keys.has("blocks." + layers + ".attn.qkv.weight")) {
                layers++;
            }
            return DitParameters.shapes(new DitSize(
                    keys.get(DIT_TABLE).get(1).asInt(),
                    layers,
                    keys.get(DIT_TEXT).get(1).asInt(),
                    300));
        }
        if (keys.has(VAE_FIRST)) {
            return new VaeParameters(VaeParameters.size(key -> firstAxis(keys, key))).all();
        }
        return List.of();
    }

    private static OptionalInt firstAxis(JsonNode keys, String name) {
        boolean present = keys.has(name) && !keys.get(name).isEmpty();
        return present ? OptionalInt.of(keys.get(name).get(0).asInt()) : OptionalInt.empty();
    }
}
