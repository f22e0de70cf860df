package dev.mugv.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.convert.ModelConversion;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.dit.DitWeights;
import dev.mugv.model.dit.TransformerPasses;
import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.format.ConvertModelRequest.Format;
import dev.mugv.model.format.ConvertModelRequest.Keys;
import dev.mugv.model.format.ConvertModelRequest.Precision;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TorchRuntime;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompactModelTest {
    private static final DitSize SIZE = new DitSize(144, 2, 16, 8);
    private static final Shape LATENT = new Shape(2, 24, 2, 4, 6);

    @TempDir
    Path folder;

    private final NDManager scope = TorchRuntime.start(1).newScope();

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({"KEEP, SAFETENSORS", "BF16, SAFETENSORS", "FP16, SAFETENSORS", "BF16, PT"})
    void computesBitForBitWhatTheWholeWeightsDo(Precision precision, Format format) {
        Path file = folder.resolve(format == Format.PT ? "converted.pt" : "converted.safetensors");
        new ModelConversion(
                        new ConvertModelRequest(drawn(), file, format, precision, 1, Keys.KNOWN),
                        (doing, done, all) -> {})
                .run();
        DitModel whole = DitModel.frozen(SIZE, ComputePrecision.BF16, scope);
        whole.read(file, 7);
        DitModel compact = DitModel.compact(SIZE, file, 7, scope);
        assertThat(velocity(compact)).isEqualTo(velocity(whole));
    }

    @Test
    void whatProductsTakeIsInNoSetOfFourBytes() {
        DitModel compact = DitModel.compact(SIZE, drawn(), 7, scope);
        assertThat(compact.weights().shapes()).isNotEmpty().noneMatch(shape -> DitWeights.isCompact(shape.name()));
        long compactValues = DitParameters.shapes(SIZE).stream()
                .filter(shape -> DitWeights.isCompact(shape.name()))
                .mapToLong(shape -> shape.size())
                .sum();
        // Of the 10B model it is 97 %: the embedders, t_block, norms, tables and the head are what is left.
        assertThat(compactValues)
                .isGreaterThan(compact.weights().shapes().stream()
                        .mapToLong(shape -> shape.size())
                        .sum());
        compact.close();
    }

    @Test
    void aValueThatIsNotFiniteIsRefusedByName() {
        Path file = folder.resolve("bad.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        DitParameters.shapes(SIZE).forEach(shape -> {
            FloatBuffer values = FloatBuffer.allocate((int) shape.size());
            if (shape.name().equals("blocks.1.mlp.fc2.weight")) {
                values.put(3, Float.NaN);
            }
            writer.add(shape.name(), shape.shape(), values);
        });
        writer.write(file);
        assertThatThrownBy(() -> DitModel.compact(SIZE, file, 7, scope))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("'blocks.1.mlp.fc2.weight' holds NaN at element 3");
    }

    private Path drawn() {
        Path file = folder.resolve("drawn.safetensors");
        DitModel model = DitModel.frozen(SIZE, scope);
        model.initialise(5);
        model.write(file);
        model.close();
        return file;
    }

    private float[] velocity(DitModel model) {
        try (TransformerPasses passes = new TransformerPasses(scope, model.transformer(), LATENT, 5, 3)) {
            float[] velocity = passes.velocity();
            for (float value : velocity) {
                assertThat(value).isFinite();
            }
            return velocity;
        }
    }
}
