package dev.mugv.model.convert;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.vae.VaeParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** This product's own folders: weights as safetensors, and a description beside them. */
final class ModelFolder {
    private static final String STAGE = "convert";

    private ModelFolder() {}

    /** The weights of a folder of this product, if it is one. */
    static Optional<Path> weights(Path folder) {
        if (Files.isRegularFile(folder.resolve(ModelDescription.FILE_NAME))) {
            return Optional.of(folder.resolve(ModelDescription.WEIGHTS_FILE_NAME));
        }
        if (Files.isRegularFile(folder.resolve(VaeDescription.FILE_NAME))) {
            return Optional.of(folder.resolve(VaeDescription.WEIGHTS_FILE_NAME));
        }
        return Optional.empty();
    }

    /** Writes a folder that whatever uses trained models can use; the folder is there and empty. */
    static void write(ModelContent content, TensorSource tensors, Path folder) throws IOException {
        if (content instanceof ModelContent.Transformer transformer) {
            writeModel(transformer.size(), tensors, STAGE, codeVersion(), folder);
        } else if (content instanceof ModelContent.Autoencoder autoencoder) {
            writeVae(autoencoder, tensors, folder);
        } else {
            throw new IllegalArgumentException(
                    "a folder describes a model of known size, not " + content.description());
        }
    }

    /** Writes a transformer's folder, which is there and empty. */
    static void writeModel(DitSize size, TensorSource tensors, String stage, String codeVersion, Path folder)
            throws IOException {
        Path weights = folder.resolve(ModelDescription.WEIGHTS_FILE_NAME);
        writeWeights(tensors, weights);
        ModelDescription description =
                new ModelDescription(size, stage, 0, values(tensors), Sha256.ofFile(weights), codeVersion, List.of());
        Files.writeString(folder.resolve(ModelDescription.FILE_NAME), Json.pretty(description));
    }

    private static void writeVae(ModelContent.Autoencoder vae, TensorSource tensors, Path folder) throws IOException {
        Path weights = folder.resolve(VaeDescription.WEIGHTS_FILE_NAME);
        writeWeights(tensors, weights);
        VaeDescription description = new VaeDescription(
                vae.size(),
                VaeDescription.Origin.IMPORTED,
                Sha256.ofFile(weights),
                values(tensors),
                list(tensors.floats(VaeParameters.SHIFT)),
                list(tensors.floats(VaeParameters.SCALE)),
                codeVersion());
        Files.writeString(folder.resolve(VaeDescription.FILE_NAME), Json.pretty(description));
    }

    /** The same bytes as a task that publishes these values writes. */
    static void writeWeights(TensorSource tensors, Path file) {
        new SafetensorsWriter(Map.of("format", "pt")).addAll(tensors).write(file);
    }

    private static long values(TensorSource tensors) {
        return tensors.names().stream()
                .mapToLong(name -> tensors.shape(name).size())
                .sum();
    }

    private static String codeVersion() {
        return new CodeVersion().of(ModelConversion.class.getName());
    }

    private static List<Float> list(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }
}
