package dev.mugv.model.train;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import java.nio.file.Path;

/**
 * A model artifact that is read.
 *
 * @param folder of the artifact
 * @param description its {@code model.json}
 */
record PublishedModel(Path folder, ModelDescription description) {
    static PublishedModel in(Path folder) {
        return new PublishedModel(
                folder, Json.read(folder.resolve(ModelDescription.FILE_NAME), ModelDescription.class));
    }

    Path weights() {
        return folder.resolve(ModelDescription.WEIGHTS_FILE_NAME);
    }

    void requireSize(DitSize expected) {
        if (!description.size().equals(expected)) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot start from the model in '%s': expected %s, found %s. Expand it first, or give the stage its size."
                            .formatted(folder, expected, description.size()));
        }
    }
}
