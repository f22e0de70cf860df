package dev.mugv.model.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.mugv.model.archive.TensorFiles;
import dev.mugv.model.config.ComputePrecision;
import dev.mugv.model.config.VaeSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.format.ConvertModelRequest;
import dev.mugv.model.format.ConvertModelRequest.Format;
import dev.mugv.model.format.ConvertModelRequest.Keys;
import dev.mugv.model.format.ConvertModelRequest.Precision;
import dev.mugv.model.format.ModelDescription;
import dev.mugv.model.format.VaeDescription;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.train.TrainedModel;
import dev.mugv.model.vae.VideoVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConversionTest {
    @TempDir
    Path folder;

    @Test
    void aFileOfTorchAndSafetensorsComeBackFromEachOther() throws IOException {
        Path golden = Golden.path("pt/dit-tiny-bf16.pt");
        ModelConversion.Result result = TinyModels.convert(golden, folder.resolve("a.safetensors"), Format.SAFETENSORS);
        TinyModels.convert(folder.resolve("a.safetensors"), folder.resolve("b.pt"), Format.PT);
        TinyModels.convert(folder.resolve("b.pt"), folder.resolve("c.safetensors"), Format.SAFETENSORS);

        assertThat(Files.mismatch(folder.resolve("c.safetensors"), folder.resolve("a.safetensors")))
                .isEqualTo(-1);
        assertThat(result.description()).isEqualTo("MUG-DiT, width 144, 2 layers, text width 64");
        assertThat(result.tensors()).isEqualTo(63);
        try (TensorSource original = TensorFiles.open(golden);
                TensorSource converted = TensorFiles.open(folder.resolve("b.pt"))) {
            assertThat(converted.type("t_block.1.weight")).isEqualTo(ElementType.BF16);
            assertThat(converted.floats("t_block.1.weight")).isEqualTo(original.floats("t_block.1.weight"));
        }
    }

    @Test
    void aModelsFolderIsLoadedLikeATrainedOne() {
        Path model = folder.resolve("model");
        TinyModels.convert(Golden.path("pt/dit-tiny-bf16.pt"), model, Format.FOLDER);
        ModelDescription description = Json.read(model.resolve(ModelDescription.FILE_NAME), ModelDescription.class);
        assertThat(description.size().width()).isEqualTo(144);
        assertThat(description.size().maxTextTokens()).isEqualTo(300);
        assertThat(description.modelSha256())
                .isEqualTo(Sha256.ofFile(model.resolve(ModelDescription.WEIGHTS_FILE_NAME)));
        try (NDManager scope = TorchRuntime.start(1).newScope();
                TrainedModel loaded = TrainedModel.open(model, ComputePrecision.FP32, scope)) {
            assertThat(loaded.transformer().size()).isEqualTo(description.size());
        }
        TinyModels.convert(model, folder.resolve("again.pt"), Format.PT);
        assertThat(folder.resolve("again.pt")).exists();
    }

    @Test
    void aVaesFolderHasTheBytesThatAnImportedOneHas() throws IOException {
        Path file = folder.resolve("vae.safetensors");
        try (NDManager scope = TorchRuntime.start(1).newScope();
                VideoVae vae = VideoVae.untrained(scope, new VaeSize(List.of(32, 32, 32, 32), 32, 1), 3)) {
            vae.scale().put(2, 4);
            vae.write(file, Map.of("format", "pt"));
        }
        TinyModels.convert(file, folder.resolve("vae.pt"), Format.PT);
        TinyModels.convert(folder.resolve("vae.pt"), folder.resolve("vae"), Format.FOLDER);

        assertThat(Files.mismatch(folder.resolve("vae").resolve(VaeDescription.WEIGHTS_FILE_NAME), file))
                .isEqualTo(-1);
        VaeDescription description =
                Json.read(folder.resolve("vae").resolve(VaeDescription.FILE_NAME), VaeDescription.class);
        assertThat(description.scale().get(2)).isEqualTo(4);
        assertThat(description.weightsSha256()).isEqualTo(Sha256.ofFile(file));
        requireRefusal(
                new ConvertModelRequest(file, folder.resolve("m"), Format.MEGATRON, Precision.KEEP, 1, Keys.KNOWN),
                "it is VideoVAE, 2D widths [32, 32, 32, 32]");
    }

    @Test
    void numbersAreRoundedToTheTypeAskedFor() {
        Path original = TinyModels.write(folder.resolve("dit.safetensors"));
        for (Precision precision : List.of(Precision.BF16, Precision.FP16)) {
            Path rounded = folder.resolve(precision + ".pt");
            TinyModels.convert(new ConvertModelRequest(original, rounded, Format.PT, precision, 1, Keys.KNOWN));
            // 8 and 11 significant bits: half a unit in the last place; halves below 2^-14 have a fixed step of 2^-24.
            double relative = precision == Precision.BF16 ? 0x1p-8 : 0x1p-11;
            double absolute = precision == Precision.BF16 ? 0 : 0x1p-25;
            try (TensorSource before = TensorFiles.open(original);
                    TensorSource after = TensorFiles.open(rounded)) {
                for (String name : before.names()) {
                    float[] expected = before.floats(name);
                    float[] found = after.floats(name);
                    assertThat(IntStream.range(0, expected.length)
                                    .filter(e -> !(Math.abs(found[e] - expected[e])
                                            <= Math.max(absolute, relative * Math.abs(expected[e]))))
                                    .boxed())
                            .as("%s: elements that are off", name)
                            .isEmpty();
                }
            }
        }
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingIsWritten() throws IOException {
        Path nan = TinyModels.write(folder.resolve("nan.safetensors"), shapes -> {}, (name, values) -> {
            if (name.equals("blocks.1.mlp.fc1.weight")) {
                values.put(300_000, Float.NaN);
            }
        });
        requireRefusal(keep(nan), "tensor 'blocks.1.mlp.fc1.weight' holds NaN at element 300000");
        Path infinite = TinyModels.write(folder.resolve("inf.safetensors"), shapes -> {}, (name, values) -> {
            if (name.equals("end_token")) {
                values.put(0, Float.NEGATIVE_INFINITY);
            }
        });
        requireRefusal(keep(infinite), "tensor 'end_token' holds -Infinity at element 0");
        Path large = TinyModels.write(folder.resolve("large.safetensors"), shapes -> {}, (name, values) -> {
            if (name.equals("start_token")) {
                values.put(7, 70_000);
            }
        });
        requireRefusal(
                new ConvertModelRequest(large, folder.resolve("out"), Format.PT, Precision.FP16, 1, Keys.KNOWN),
                "tensor 'start_token' holds 70000.0 at element 7, which is beyond that type");
        Path off = TinyModels.write(
                folder.resolve("off.safetensors"),
                shapes -> {
                    shapes.removeIf(shape -> shape.name().equals("t_block.1.bias"));
                    shapes.add(new ParameterShape("blocks.0.attn.out.weight", 2, 2));
                    shapes.replaceAll(
                            shape -> shape.name().equals("end_token") ? new ParameterShape("end_token", 5) : shape);
                },
                (name, values) -> {});
        requireRefusal(
                keep(off),
                "missing keys [t_block.1.bias]",
                "unexpected keys [blocks.0.attn.out.weight]",
                "wrong shapes [end_token (expected (288), found (5))]");
        Path cut = folder.resolve("cut.pt");
        byte[] whole = Files.readAllBytes(Golden.path("pt/dit-tiny-bf16.pt"));
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        requireRefusal(keep(cut), "it is not a whole zip file");
        requireRefusal(keep(Golden.path("t5-tiny.safetensors")), "are neither a MUG-DiT's nor a VideoVAE's");
        requireRefusal(keep(folder), "it is neither a model of mugv nor a Megatron checkpoint");
        requireRefusal(keep(folder.resolve("absent.pt")), "there is no such file");
    }

    @Test
    void aModelOfAnotherShapeThanItsKeysSayListsABoundedNumberOfThem() {
        Path deep = TinyModels.write(
                folder.resolve("deep.safetensors"),
                shapes -> {
                    shapes.clear();
                    shapes.addAll(new ArrayList<>(DitParameters.shapes(TinyModels.SIZE)));
                    shapes.removeIf(shape -> shape.name().startsWith("blocks.0."));
                    shapes.add(new ParameterShape("blocks.4000.attn.qkv.bias", 864));
                },
                (name, values) -> {});
        assertThatThrownBy(() -> TinyModels.convert(keep(deep)))
                .isInstanceOf(WorkFailure.class)
                .hasMessageContaining("more]; unexpected keys []")
                .extracting(Throwable::getMessage)
                .satisfies(message -> assertThat(message).hasSizeLessThan(2000));
    }

    @Test
    void nothingThatIsThereIsReplacedAndNothingUnfinishedIsLeft() throws IOException {
        Path there = Files.writeString(folder.resolve("out"), "precious");
        requireRefusal(keep(Golden.path("pt/dit-tiny-bf16.pt")), "it is there already");
        assertThat(there).hasContent("precious");
        Files.delete(there);
        requireRefusal(
                new ConvertModelRequest(
                        Golden.path("pt/dit-tiny-bf16.pt"),
                        folder.resolve("absent/out"),
                        Format.PT,
                        Precision.KEEP,
                        1,
                        Keys.KNOWN),
                "its folder does not exist");
    }

    @Test
    void anyKeysAreConvertedWhereThatIsAskedFor() {
        Path golden = Golden.path("t5-tiny.safetensors");
        TinyModels.convert(
                new ConvertModelRequest(golden, folder.resolve("t5.pt"), Format.PT, Precision.KEEP, 1, Keys.ANY));
        try (TensorSource before = TensorFiles.open(golden);
                TensorSource after = TensorFiles.open(folder.resolve("t5.pt"))) {
            assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
            assertThat(after.longs("input_ids")).isEqualTo(before.longs("input_ids"));
            assertThat(after.type("input_ids")).isEqualTo(ElementType.I64);
        }
        requireRefusal(
                new ConvertModelRequest(golden, folder.resolve("out"), Format.FOLDER, Precision.KEEP, 1, Keys.ANY),
                "its keys are not checked");
    }

    private ConvertModelRequest keep(Path from) {
        return new ConvertModelRequest(from, folder.resolve("out"), Format.SAFETENSORS, Precision.KEEP, 1, Keys.KNOWN);
    }

    private void requireRefusal(ConvertModelRequest request, String... parts) {
        assertThatThrownBy(() -> TinyModels.convert(request))
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot ")
                .hasMessageContainingAll(parts);
        try (Stream<Path> entries = Files.list(folder)) {
            assertThat(entries.map(entry -> entry.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("pending-"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
