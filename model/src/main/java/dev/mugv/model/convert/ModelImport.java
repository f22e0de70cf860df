package dev.mugv.model.convert;

import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Takes a transformer that was trained elsewhere over as the model of a stage: its keys, shapes and values are checked against
 * the size that is wanted, and nothing about them is changed.
 *
 * @param file one file of weights: safetensors or {@code .pt}
 * @param size the size that it must have; without a table of the null caption, any longest caption fits
 */
public record ModelImport(Path file, DitSize size) {
    /**
     * Writes the folder that a trained model has.
     *
     * @param stage name of what takes the model over
     * @param folder there and empty
     * @throws WorkFailure of kind INVALID_REQUEST listing keys that differ, or naming the size or the value that is wrong; of
     *     kind CORRUPT when the file is damaged
     */
    public void into(Path folder, String stage, String codeVersion) throws IOException {
        try (TensorSource tensors = TensorFiles.open(file)) {
            if (!(ModelContent.of(tensors) instanceof ModelContent.Transformer found)) {
                throw refused("a VideoVAE");
            }
            boolean table = tensors.contains(DitParameters.NULL_CAPTION);
            DitSize is = found.size();
            DitSize comparable =
                    table ? is : new DitSize(is.width(), is.layers(), is.textWidth(), size.maxTextTokens());
            if (!comparable.equals(size)) {
                throw refused(is.toString());
            }
            tensors.requireFinite();
            ModelFolder.writeModel(size, tensors, stage, codeVersion, folder);
        }
    }

    private WorkFailure refused(String found) {
        return new WorkFailure(
                FailureKind.INVALID_REQUEST,
                "Cannot take over the model '%s': expected %s, found %s. Set 'model' and 'text' of the configuration to the size of the given weights, or give others."
                        .formatted(file, size, found));
    }
}
