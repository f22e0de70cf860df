package dev.mugv.model.train;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.run.CodeVersion;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskContext;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    /** What made a model. */
    record Origin(
            String stage,
            int updates,
            List<ModelDescription.Checkpoint> checkpoints,
            List<ModelDescription.Snapshot> snapshots,
            String weights) {
        /** A model that no updates made. */
        static Origin withoutUpdates(String stage) {
            return new Origin(stage, 0, List.of(), List.of(), ModelDescription.MADE_WEIGHTS);
        }
    }

    /** Writes weights and description into the task's output. */
    static void write(DitModel model, Origin origin, TaskContext context) throws IOException {
        Path folder = context.pendingOutput();
        Path weights = folder.resolve(ModelDescription.WEIGHTS_FILE_NAME);
        model.write(weights);
        if (model.weights().adapters().isPresent()) {
            AdapterFile.write(model, folder);
        }
        ModelDescription description = new ModelDescription(
                model.size(),
                origin.stage(),
                origin.updates(),
                model.publishedValues(),
                Sha256.ofFile(weights),
                new CodeVersion().of(context.order().task()),
                context.order().inputs(),
                origin.checkpoints(),
                origin.snapshots(),
                origin.weights());
        Files.writeString(folder.resolve(ModelDescription.FILE_NAME), Json.pretty(description));
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
