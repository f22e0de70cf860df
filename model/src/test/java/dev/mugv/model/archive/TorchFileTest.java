package dev.mugv.model.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.config.DitSize;
import dev.mugv.model.dit.DitParameters;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TensorSource;
import dev.mugv.model.tensor.WeightFormula;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files under test resources were written by torch 1.13; {@code views.pt} holds one tensor of every kind of view. */
class TorchFileTest {
    @TempDir
    Path folder;

    @Test
    void readsAStateDictThatTorchWroteByTheWeightFormula() {
        List<ParameterShape> shapes = DitParameters.shapes(new DitSize(144, 2, 64, 300));
        try (TensorSource file = TensorFiles.open(Golden.path("pt/dit-tiny-bf16.pt"))) {
            file.requireExactly(shapes);
            file.requireFinite();
            for (ParameterShape shape : shapes) {
                FloatBuffer expected = FloatBuffer.allocate((int) shape.size());
                WeightFormula.fill(shape, expected);
                assertThat(file.type(shape.name())).isEqualTo(ElementType.BF16);
                assertThat(file.floats(shape.name())).as(shape.name()).isEqualTo(brain(expected.array()));
            }
        }
    }

    @Test
    void readsOneTensorAloneAndADictionaryOfTwo() {
        try (TensorSource latent = TensorFiles.open(Golden.path("pt/latents/clip_000.pt"));
                TensorSource text = TensorFiles.open(Golden.path("pt/text_features/clip_000_text.pt"))) {
            assertThat(latent.names()).containsExactly(TorchFile.LONE_TENSOR);
            assertThat(latent.shape(TorchFile.LONE_TENSOR)).isEqualTo(new Shape(24, 2, 6, 4));
            assertThat(text.names()).containsExactly("y", "mask");
            assertThat(text.shape("y")).isEqualTo(new Shape(1, 1, 8, 64));
            assertThat(text.longs("mask")).containsExactly(1, 1, 1, 1, 1, 0, 0, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"views.pt", "views-protocol-4.pt"})
    void readsViewsInRowMajorOrder(String name) {
        try (TensorSource file = TensorFiles.open(resource(name))) {
            assertThat(file.floats("transposed")).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(file.longs("offset")).containsExactly(3, 4, 5, 6);
            assertThat(file.floats("shared.first")).containsExactly(0, 1, 2, 3);
            assertThat(file.floats("shared.second")).containsExactly(1, 2);
            assertThat(file.floats("columns")).containsExactly(0, 2, 4, 6, 8, 10);
            assertThat(file.floats("expanded")).containsExactly(7, 7, 7, 7, 7, 7);
            assertThat(file.shape("scalar")).isEqualTo(new Shape());
            assertThat(file.floats("scalar")).containsExactly(2.5f);
            assertThat(file.type("half")).isEqualTo(ElementType.F16);
            assertThat(file.floats("half")).containsExactly(1.5f, -2);
            assertThat(file.floats("brain")).containsExactly(1.5f, -3);
            assertThat(file.floats("double")).containsExactly(0.1f);
            assertThat(file.longs("truth")).containsExactly(1, 0, 1);
            assertThat(file.floats("parameter")).containsExactly(1, 2);
            assertThat(file.shape("empty")).isEqualTo(new Shape(0, 3));
            assertThat(file.floats("empty")).isEmpty();
            assertThat(file.shape("permuted")).isEqualTo(new Shape(3, 2, 2));
            assertThat(file.floats("permuted")).containsExactly(5, 9, 17, 21, 6, 10, 18, 22, 7, 11, 19, 23);
            assertThat(file.names()).doesNotContain("number", "nothing").hasSize(14);
        }
    }

    @Test
    void readsAPieceFromTheMiddleOfAView() {
        try (TensorSource file = TensorFiles.open(resource("views.pt"))) {
            ByteBuffer piece = ByteBuffer.allocate(5 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            file.copy("permuted", 3, piece);
            float[] values = new float[5];
            piece.flip().asFloatBuffer().get(values);
            assertThat(values).containsExactly(21, 6, 10, 18, 22);
            assertThatThrownBy(() -> file.copy("permuted", 8, ByteBuffer.allocate(5 * Float.BYTES)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void takesTheStateDictOutOfWhatATrainerSaved() {
        try (TensorSource file = TensorFiles.open(resource("module.pt"))) {
            assertThat(file.names()).containsExactly("weight", "bias");
            assertThat(file.floats("weight")).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(file.floats("bias")).containsExactly(-1, 1);
        }
    }

    @Test
    void refusesAForeignClassByItsName() throws IOException {
        requireRefusal(resource("whole-module.pt"), "'torch.nn.modules.linear.Linear'", "STATE_DICT");
        Path system = TorchZip.of(TorchZip.bytes(0x80, 2, "cos\nsystem\nX", 2, 0, 0, 0, "id", 0x85, "R."))
                .write(folder.resolve("system.pt"));
        requireRefusal(system, "'os.system'");
        Path stacked = TorchZip.of(
                        TorchZip.bytes(0x80, 4, 0x8c, 8, "builtins", 0x8c, 4, "eval", 0x93, 0x8c, 1, "1", 0x85, "R."))
                .write(folder.resolve("stacked.pt"));
        requireRefusal(stacked, "'builtins.eval'");
        // The library by itself would build this with a constructor of its own.
        Path known = TorchZip.of(TorchZip.bytes(0x80, 2, "cdecimal\nDecimal\nX", 1, 0, 0, 0, "1", 0x85, "R."))
                .write(folder.resolve("known.pt"));
        requireRefusal(known, "'decimal.Decimal'");
    }

    @Test
    void refusesInstructionsThatNoStateDictNeeds() throws IOException {
        List<byte[]> pickles = List.of(
                TorchZip.bytes("(ios\nsystem\n."),
                TorchZip.bytes(0x80, 2, 0x82, 1, "."),
                TorchZip.bytes("Pname\n."),
                TorchZip.bytes(0x80, 2, "(d."),
                TorchZip.bytes(0x80, 5, 0x97, "."));
        for (byte[] pickle : pickles) {
            requireRefusal(TorchZip.of(pickle).write(folder.resolve("odd.pt")), "instruction 0x");
        }
    }

    @Test
    void saysWhatADamagedPickleIs() throws IOException {
        List<byte[]> pickles = List.of(
                TorchZip.bytes(0x80, 2, "}"),
                TorchZip.bytes("."),
                TorchZip.bytes(0x80, 2, "X", 255, 255, 255, 127, "x."),
                TorchZip.bytes(0x80, 2, "X", 255, 255, 255, 255, "x."),
                TorchZip.bytes(0x80, 2, "}K", 1, "R."),
                TorchZip.bytes(0x80, 2, "K", 1, "K", 1, "b."),
                TorchZip.bytes(0x80, 2, "}])s."),
                TorchZip.bytes(0x80, 2, "h", 3, "."),
                TorchZip.bytes(0x80, 2, "K", 1, "Q."),
                TorchZip.bytes(0x80, 2, "}(K", 1, "u."));
        for (byte[] pickle : pickles) {
            requireRefusal(TorchZip.of(pickle).write(folder.resolve("damaged.pt")), "its pickle is damaged");
        }
    }

    @Test
    void holdsEveryTensorToItsStorage() throws IOException {
        byte[] four = new byte[16];
        Path whole =
                TorchZip.of(TorchZip.oneTensor(4, 1, 3, 1)).with("data/0", four).write(folder.resolve("whole.pt"));
        try (TensorSource file = TensorFiles.open(whole)) {
            assertThat(file.floats("w")).containsExactly(0, 0, 0);
        }
        Path beyond =
                TorchZip.of(TorchZip.oneTensor(4, 1, 4, 1)).with("data/0", four).write(folder.resolve("beyond.pt"));
        requireRefusal(beyond, "reaches beyond the 4 elements of storage 0");
        Path strided =
                TorchZip.of(TorchZip.oneTensor(4, 0, 3, 2)).with("data/0", four).write(folder.resolve("strided.pt"));
        requireRefusal(strided, "reaches beyond");
        Path shorter =
                TorchZip.of(TorchZip.oneTensor(5, 0, 4, 1)).with("data/0", four).write(folder.resolve("shorter.pt"));
        requireRefusal(shorter, "storage 'data/0' has 16 bytes, expected 20 of F32");
        Path absent = TorchZip.of(TorchZip.oneTensor(4, 0, 4, 1)).write(folder.resolve("absent.pt"));
        requireRefusal(absent, "it holds no storage 'data/0'");
    }

    @Test
    void refusesOtherKindsOfFilesAndSaysWhatTheyAre() throws IOException {
        requireRefusal(resource("before-zip.pt"), "the format of torch before 1.6", "torch.save(torch.load(");
        byte[] tar = new byte[1024];
        System.arraycopy(TorchZip.bytes("ustar"), 0, tar, 257, 5);
        requireRefusal(Files.write(folder.resolve("tar.pt"), tar), "it is a tar file");
        requireRefusal(resource("script.pt"), "it is a TorchScript program");
        requireRefusal(resource("list.pt"), "it holds no dictionary of tensors");
        requireRefusal(Files.write(folder.resolve("empty.pt"), new byte[0]), "it is empty");
        requireRefusal(Files.writeString(folder.resolve("text.pt"), "weights"), "it is neither a zip file");
        requireRefusal(folder.resolve("absent.pt"), "there is no such file");
        requireRefusal(new TorchZip().with("readme").write(folder.resolve("zip.pt")), "0 entries 'data.pkl'");
        byte[] pickle = TorchZip.oneTensor(4, 0, 4, 1);
        requireRefusal(
                TorchZip.of(pickle).with("data/0", new byte[16]).deflated().write(folder.resolve("deflated.pt")),
                "its entry 'data/0' is compressed");
        requireRefusal(
                TorchZip.of(pickle)
                        .with("data/0", new byte[16])
                        .with("byteorder", TorchZip.bytes("big"))
                        .write(folder.resolve("big.pt")),
                "its numbers are big-endian");
        requireRefusal(
                TorchZip.of(TorchZip.bytes(0x80, 2, "}X", 1, 0, 0, 0, "aK", 5, "s."))
                        .write(folder.resolve("numbers.pt")),
                "holds no tensor");
    }

    @Test
    void refusesATruncatedFileByName() throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("pt/latents/clip_000.pt"));
        for (int length : new int[] {3, 10, 1000, whole.length - 30, whole.length - 1}) {
            requireRefusal(
                    Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, length)), "it is not a whole zip file");
        }
    }

    private static void requireRefusal(Path file, String... parts) {
        assertThatThrownBy(() -> TensorFiles.open(file).close())
                .isInstanceOf(WorkFailure.class)
                .hasMessageStartingWith("Cannot read '" + file + "': ")
                .hasMessageContainingAll(parts);
    }

    private static Path resource(String name) {
        try {
            return Path.of(TorchFileTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rounded to the nearest value of 8 significant bits, ties to even: by arithmetic, unlike the product's bits. */
    private static float[] brain(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int exponent = Math.getExponent(values[i]) - 7;
            rounded[i] = (float) Math.scalb(Math.rint(Math.scalb((double) values[i], -exponent)), exponent);
        }
        return rounded;
    }
}
