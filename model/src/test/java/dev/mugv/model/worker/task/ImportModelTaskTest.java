package dev.mugv.model.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.ImportModelOrder;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.RecordingTaskContext;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.TaskKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterSet;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.TrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportModelTaskTest {
    /** Captions of 96 tokens: the golden file has no table of the null caption, so any longest caption fits it. */
    private static final DitSize SIZE = new DitSize(144, 2, 64, 96);

    @TempDir
    Path folder;

    @Test
    void aFileOfTorchBecomesTheModelOfAStage() throws IOException {
        Path file = Golden.path("pt/dit-tiny-bf16.pt");
        RecordingTaskContext context = importing("given", file, SIZE);
        new ImportModelTask().run(context);

        ModelDescription description =
                Json.read(context.pendingOutput().resolve(ModelDescription.FILE_NAME), ModelDescription.class);
        assertThat(description.size()).isEqualTo(SIZE);
        assertThat(description.stage()).isEqualTo("import-model");
        assertThat(description.updates()).isZero();
        try (NDManager scope = TorchRuntime.start(1).newScope();
                TrainedModel model = TrainedModel.open(context.pendingOutput(), ComputePrecision.FP32, scope);
                TensorSource given = TensorFiles.open(file)) {
            String name = "blocks.1.mlp.fc2.weight";
            float[] values = new float[4 * 144 * 144];
            model.transformer().parameters().values(name).get(values);
            assertThat(values).isEqualTo(given.floats(name));
        }
    }

    @Test
    void aModelOfAnotherSizeIsRefusedWithBothSizes() {
        Path file = Golden.path("pt/dit-tiny-bf16.pt");
        assertThatThrownBy(() -> new ImportModelTask().run(importing("other", file, new DitSize(216, 2, 64, 96))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected DitSize[width=216, layers=2, textWidth=64, maxTextTokens=96]")
                .hasMessageContaining("found DitSize[width=144, layers=2, textWidth=64");
    }

    @Test
    void aTableOfTheNullCaptionMustFitTheLongestCaption() {
        DitSize size = new DitSize(72, 1, 16, 8);
        Path file = folder.resolve("with-table.safetensors");
        try (NDManager scope = TorchRuntime.start(1).newScope();
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapesWithNullCaption(size))) {
            parameters.write(file, Map.of());
        }
        assertThatThrownBy(() -> new ImportModelTask().run(importing("longer", file, new DitSize(72, 1, 16, 9))))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining(
                        "maxTextTokens=9], found DitSize[width=72, layers=1, textWidth=16, maxTextTokens=8]");
    }

    @Test
    void weightsThatAreNotNumbersAreRefusedByName() {
        DitSize size = new DitSize(72, 1, 16, 8);
        Path file = folder.resolve("diverged.safetensors");
        try (NDManager scope = TorchRuntime.start(1).newScope();
                ParameterSet parameters = ParameterSet.frozen(scope, DitParameters.shapes(size))) {
            parameters.values("blocks.0.mlp.fc1.bias").put(5, Float.NaN);
            parameters.write(file, Map.of());
        }
        assertThatThrownBy(() -> new ImportModelTask().run(importing("diverged", file, size)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("tensor 'blocks.0.mlp.fc1.bias' holds NaN at element 5");
    }

    @Test
    void aFileThatChangedSincePlanningIsRefused() {
        Path file = Golden.path("pt/dit-tiny-bf16.pt");
        ImportModelOrder stale = new ImportModelOrder(file, "0".repeat(64), SIZE);
        assertThatThrownBy(() -> new ImportModelTask()
                        .run(new RecordingTaskContext(
                                folder.resolve("stale"), TaskKind.IMPORT_MODEL, stale, List.of())))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("expected SHA-256 " + "0".repeat(64));
    }

    private RecordingTaskContext importing(String name, Path file, DitSize size) {
        return new RecordingTaskContext(
                folder.resolve(name),
                TaskKind.IMPORT_MODEL,
                new ImportModelOrder(file, Sha256.ofFile(file), size),
                List.of());
    }
}
