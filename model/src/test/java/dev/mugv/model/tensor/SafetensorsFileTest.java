package dev.mugv.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.WorkFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatThePublishedModelWrote() {
        try (SafetensorsFile file = Golden.open("dit-tiny-batch-odd")) {
            assertThat(file.metadata()).containsEntry("hidden_size", "144");
            assertThat(file.shape("x")).isEqualTo(new Shape(2, 24, 2, 5, 7));
            assertThat(file.type("x_mask")).isEqualTo(ElementType.BOOL);
            assertThat(file.longs("frame_indices")).hasSize(8);
            assertThat(file.floats("x")).hasSize(2 * 24 * 2 * 5 * 7);
        }
    }

    @Test
    void readsHalfAndBrainFloats() throws IOException {
        short[] bits = {0x3c00, (short) 0xc000, 0x0001, 0x7c00, (short) 0x3f80, (short) 0xc040};
        ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        for (short value : bits) {
            data.putShort(value);
        }
        Path path = write(
                "{\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[8,12]}}",
                data.array());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.floats("h")).containsExactly(1f, -2f, 0x1p-24f, Float.POSITIVE_INFINITY);
            assertThat(file.floats("b")).containsExactly(1f, -3f);
        }
    }

    @Test
    void keepsMixedTypesAligned() {
        Path path = folder.resolve("mixed.safetensors");
        new SafetensorsWriter(Map.of("note", "ä"))
                .add("a", new Shape(3), FloatBuffer.wrap(new float[] {1, 2, 3}))
                .add("b", new Shape(2), 7, -9)
                .add("c", new Shape(), FloatBuffer.wrap(new float[] {5}))
                .write(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertThat(file.metadata()).containsEntry("note", "ä");
            assertThat(file.names()).containsExactly("a", "b", "c");
            assertThat(file.floats("a")).containsExactly(1, 2, 3);
            assertThat(file.longs("b")).containsExactly(7, -9);
            assertThat(file.floats("c")).containsExactly(5);
        }
    }

    @Test
    void refusesATruncatedFileByName() throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("sampler-tiny.safetensors"));
        for (int length : new int[] {0, 7, 100, whole.length - 1}) {
            Path path = folder.resolve("cut.safetensors");
            Files.write(path, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SafetensorsFile.open(path))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining(path.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"Q4\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            })
    void refusesAHeaderThatDoesNotDescribeTheData(String header) throws IOException {
        Path path = write(header, new byte[8]);
        assertThatThrownBy(() -> SafetensorsFile.open(path))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining(path.toString());
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).put(data);
        return Files.write(folder.resolve("t.safetensors"), bytes.array());
    }
}
