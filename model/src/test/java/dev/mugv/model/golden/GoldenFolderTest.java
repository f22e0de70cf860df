package dev.mugv.model.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.TorchRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class GoldenFolderTest {
    private final TorchRuntime runtime = TorchRuntime.start(1);

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> computesWhatThePublishedModelComputes() {
        GoldenFolder golden = new GoldenFolder(Golden.path(""));
        assertThat(golden.files()).hasSize(20);
        return golden.files().stream()
                .map(file -> DynamicTest.dynamicTest(golden.name(file), () -> {
                    List<TensorError> errors = errors(file);
                    assertThat(errors).isNotEmpty().allMatch(TensorError::isAccepted);
                }));
    }

    @Test
    void comparesEveryTensorThatTheFilesHold() {
        List<String> tensors = errors(Golden.path("dit-tiny-i2v.safetensors")).stream()
                .map(TensorError::tensor)
                .toList();
        assertThat(tensors)
                .contains("out", "act.x_embedder", "act.y_embedder", "act.block.1", "loss", "loss_per_sample", "noisy")
                .contains("grad.start_token")
                .filteredOn(name -> name.startsWith("gradnorm."))
                .hasSize(63);
        assertThat(errors(Golden.path("vae-small-16f.safetensors")))
                .extracting(TensorError::tensor)
                .containsExactly("features", "mean", "logvar", "z", "decoded");
    }

    @Test
    void aChangedNumberIsFound() throws IOException {
        Path file = folder.resolve("sampler.safetensors");
        byte[] bytes = Files.readAllBytes(Golden.path("sampler-tiny.safetensors"));
        // The last value of the file belongs to 'out' or to an input; either changes the error.
        bytes[bytes.length - 2] ^= 0x40;
        Files.write(file, bytes);
        assertThat(errors(file)).anyMatch(error -> !error.isAccepted());
    }

    @Test
    void notANumberIsNeverAccepted() {
        assertThat(TensorError.ofOutput("x", new float[] {Float.NaN}, new float[] {1})
                        .isAccepted())
                .isFalse();
        assertThat(TensorError.ofOutput("x", new float[] {1}, new float[] {Float.NaN})
                        .isAccepted())
                .isFalse();
        assertThat(TensorError.ofOutput("x", new float[] {0}, new float[] {0}).isAccepted())
                .isTrue();
    }

    @Test
    void aListWithAnotherKeyOrShapeNamesIt() throws IOException {
        Path file = folder.resolve("dit-keys.json");
        Files.writeString(
                file,
                Files.readString(Golden.path("dit-10b-keys.json"))
                        .replaceFirst("\"start_token\":\\[3456]", "\"start_token\":[3455]")
                        .replaceFirst("\"end_token\"", "\"other_token\""));
        assertThat(errors(file))
                .extracting(TensorError::tensor)
                .containsExactly(
                        "start_token: [3456] here, [3455] in the list",
                        "end_token: [3456] here, nothing in the list",
                        "other_token: not produced by the configuration");
    }

    @Test
    void refusesAFolderWithoutGoldenFilesAndAFileOfAnotherLayout() throws IOException {
        assertThatThrownBy(() -> new GoldenFolder(folder)).hasMessageContaining("found none");
        Path file = folder.resolve("x.safetensors");
        byte[] header = "{\"__metadata__\":{\"kind\":\"lstm\"}}".getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = new byte[8 + header.length];
        bytes[0] = (byte) header.length;
        System.arraycopy(header, 0, bytes, 8, header.length);
        Files.write(file, bytes);
        assertThatThrownBy(() -> errors(file)).hasMessageContaining("found 'lstm'");
    }

    private List<TensorError> errors(Path file) {
        List<TensorError> errors = new ArrayList<>();
        GoldenFolder.check(file, runtime, errors::add);
        return errors;
    }
}
