package dev.mugv.model.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.SafetensorsFile;
import dev.mugv.model.tensor.SafetensorsWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class VaeParametersTest {
    private static final VaeSize FULL = new VaeSize(List.of(128, 256, 512, 512), 128, 2);
    private static final VaeSize NARROW = new VaeSize(List.of(32, 32, 32, 32), 32, 1);

    @Test
    void fullSizeHasExactlyThePublishedNamesAndShapes() {
        Map<String, List<Long>> published = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry :
                Json.read(Golden.path("vae-full-keys.json"), JsonNode.class).properties()) {
            published.put(
                    entry.getKey(),
                    entry.getValue().valueStream().map(JsonNode::asLong).toList());
        }
        Map<String, List<Long>> ours = new TreeMap<>();
        for (ParameterShape parameter : new VaeParameters(FULL).all()) {
            ours.put(
                    parameter.name(),
                    java.util.Arrays.stream(parameter.shape().getShape())
                            .boxed()
                            .toList());
        }

        assertThat(ours).hasSize(522).isEqualTo(published);
    }

    @Test
    void countsThePublishedNumberOfValues() {
        long values = new VaeParameters(FULL)
                .all().stream().mapToLong(ParameterShape::size).sum();

        assertThat(values).isEqualTo(411_752_948L);
    }

    @Test
    void readsTheSizeOffAStateDict(@TempDir Path folder) {
        VaeSize size = new VaeSize(List.of(32, 64, 64, 96), 32, 3);
        Path file = folder.resolve("vae.safetensors");
        write(file, new VaeParameters(size).all());

        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            assertThat(VaeParameters.of(tensors).size()).isEqualTo(size);
        }
    }

    @Test
    void namesEveryMissingUnexpectedAndMisshapenTensor(@TempDir Path folder) {
        List<ParameterShape> shapes = new java.util.ArrayList<>(new VaeParameters(NARROW).all());
        shapes.removeIf(shape -> shape.name().equals("temporal_vae.quant_conv.conv.bias"));
        shapes.replaceAll(
                shape -> shape.name().equals(VaeParameters.SCALE) ? new ParameterShape(shape.name(), 24) : shape);
        shapes.add(new ParameterShape("spatial_vae.module.quant_conv.weight", 8, 8, 1, 1));
        Path file = folder.resolve("vae.safetensors");
        write(file, shapes);

        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            assertThatThrownBy(() -> VaeParameters.of(tensors))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageContaining("temporal_vae.quant_conv.conv.bias")
                    .hasMessageContaining("spatial_vae.module.quant_conv.weight")
                    .hasMessageContaining("scale");
        }
    }

    @Test
    void refusesAnotherModel(@TempDir Path folder) {
        Path file = folder.resolve("dit.safetensors");
        write(file, List.of(new ParameterShape("blocks.0.attn.qkv.weight", 6, 2)));

        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            assertThatThrownBy(() -> VaeParameters.of(tensors))
                    .isInstanceOf(WorkFailure.class)
                    .hasMessageStartingWith("Cannot use '" + file + "' as a VideoVAE")
                    .hasMessageContaining("down_blocks.0.resnets.0.conv1.weight");
        }
    }

    private static void write(Path file, List<ParameterShape> shapes) {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        for (ParameterShape parameter : shapes) {
            Shape shape = parameter.shape();
            writer.add(parameter.name(), shape, FloatBuffer.allocate(Math.toIntExact(shape.size())));
        }
        writer.write(file);
    }
}
