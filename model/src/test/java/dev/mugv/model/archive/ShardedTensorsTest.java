package dev.mugv.model.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.SafetensorsWriter;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedTensorsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writeShards() throws IOException {
        safetensors("one.safetensors", "a", 1);
        Path source = folder.resolve("source.safetensors");
        new SafetensorsWriter(Map.of())
                .add("b", new Shape(2), FloatBuffer.wrap(new float[] {2, 3}))
                .write(source);
        try (TensorSource tensors = TensorFiles.open(source)) {
            new TorchFileWriter(tensors).write(folder.resolve("two.bin"));
        }
    }

    @Test
    void severalFilesOfEitherFormatAreOneSource() throws IOException {
        try (TensorSource tensors = TensorFiles.open(index("'a':'one.safetensors','b':'two.bin'"))) {
            assertThat(tensors.names()).containsExactly("a", "b");
            assertThat(tensors.floats("a")).containsExactly(1);
            assertThat(tensors.floats("b")).containsExactly(2, 3);
        }
    }

    @Test
    void anIndexThatDoesNotAgreeWithItsShardsIsRefused() throws IOException {
        requireRefusal("'a':'one.safetensors','b':'one.safetensors'", "b in one.safetensors");
        requireRefusal("'a':'one.safetensors','b':'two.bin','c':'two.bin'", "c in two.bin");
        safetensors("three.safetensors", "a", 9);
        requireRefusal("'a':'one.safetensors','x':'three.safetensors'", "a in three.safetensors");
    }

    @Test
    void aShardThatIsNotBesideTheIndexIsRefused() throws IOException {
        requireRefusal("'a':'absent.safetensors'", "it names 'absent.safetensors'");
        requireRefusal("'a':'../one.safetensors'", "it names '../one.safetensors'");
        requireRefusal("'a':'sub/../one.safetensors'", "it names 'sub/../one.safetensors'");
        requireRefusal("", "it has no 'weight_map'");
        Path file = Files.writeString(folder.resolve("model.index.json"), "{");
        assertThatThrownBy(() -> TensorFiles.open(file))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("it is not JSON");
    }

    private void requireRefusal(String map, String part) throws IOException {
        Path index = index(map);
        assertThatThrownBy(() -> TensorFiles.open(index))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot read '" + index + "'")
                .hasMessageContaining(part);
    }

    private Path index(String map) throws IOException {
        String json = "{'metadata':{'total_size':12},'weight_map':{%s}}".formatted(map);
        return Files.writeString(folder.resolve("model.index.json"), json.replace('\'', '"'));
    }

    private void safetensors(String file, String name, float value) {
        new SafetensorsWriter(Map.of())
                .add(name, new Shape(1), FloatBuffer.wrap(new float[] {value}))
                .write(folder.resolve(file));
    }
}
